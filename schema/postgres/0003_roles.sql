-- A login for each service, and what it may touch: nothing else in the database.
--
-- On RDS a member of rds_iam logs in with a token and has no password. Roles belong to the whole server, so they may be
-- there already.
DO $$
DECLARE
    service text;
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    -- On a solid-state disk a page here and there costs about what the next one does.
    EXECUTE format('ALTER DATABASE %I SET random_page_cost = 1.1', current_database());
    FOREACH service IN ARRAY ARRAY['books', 'carts', 'users', 'orders', 'admin', 'authorizer'] LOOP
        BEGIN
            EXECUTE format('CREATE ROLE %I LOGIN', service);
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;
        END;
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'rds_iam') THEN
            EXECUTE format('GRANT rds_iam TO %I', service);
        END IF;
        EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), service);
    END LOOP;
END
$$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO books, carts, users, orders, admin, authorizer;

-- The catalogue, and of orders what was sold when. Its plans are made for the words that are searched, each time.
GRANT SELECT ON books TO books;
GRANT SELECT (id, order_date, status) ON orders TO books;
GRANT SELECT (order_id, book_id, quantity) ON order_items TO books;
ALTER ROLE books SET plan_cache_mode = 'force_custom_plan';

GRANT SELECT ON books TO carts;

GRANT SELECT, INSERT, UPDATE ON users TO users;
GRANT SELECT (id, user_id, shipping_address), UPDATE (shipping_address) ON orders TO users;

-- Stock falls and rises with sales; nothing else of a book is for checkout to change.
GRANT SELECT, UPDATE (stock_quantity, popularity, updated_at) ON books TO orders;
GRANT SELECT (id, user_id, account_status), INSERT (id, user_id) ON users TO orders;
GRANT SELECT, INSERT, UPDATE (status, updated_at) ON orders TO orders;
GRANT SELECT, INSERT ON order_items TO orders;
GRANT SELECT, INSERT, UPDATE ON payments TO orders;
GRANT SELECT, INSERT, UPDATE, DELETE ON outbox TO orders;

-- The back office moves orders on, and their books back, but makes none.
GRANT SELECT, INSERT, UPDATE, DELETE ON books TO admin;
GRANT SELECT (id, user_id) ON users TO admin;
GRANT SELECT, UPDATE (status, updated_at) ON orders TO admin;
GRANT SELECT ON order_items TO admin;
GRANT SELECT, UPDATE (status, updated_at) ON payments TO admin;
GRANT SELECT, INSERT, UPDATE, DELETE ON outbox TO admin;

GRANT SELECT (user_id, account_status) ON users TO authorizer;
