-- How long a service's session may wait. They are the roles' own, for RDS Proxy refuses them in a startup message, and a
-- SET after connecting pins the session to one connection of the pool. The server gives up before its client does
-- (functions/shared/postgres_login.py, REPLY_S; functions/migration/engine.py for the move), so that a slow statement is
-- told from a dead server. A frozen function keeps its connection for hours, and a small server has few.
DO $$
DECLARE
    service text;
BEGIN
    FOREACH service IN ARRAY ARRAY['books', 'carts', 'users', 'orders', 'admin', 'authorizer', 'migration'] LOOP
        EXECUTE format('ALTER ROLE %I SET statement_timeout = %L', service, '5s');
        EXECUTE format('ALTER ROLE %I SET lock_timeout = %L', service, '3s');
        EXECUTE format('ALTER ROLE %I SET idle_in_transaction_session_timeout = %L', service, '10s');
        EXECUTE format('ALTER ROLE %I SET idle_session_timeout = %L', service, '15min');
    END LOOP;
END
$$;

-- A step of the move takes longer than a shopper waits.
ALTER ROLE migration SET statement_timeout = '60s';
ALTER ROLE migration SET lock_timeout = '30s';
ALTER ROLE migration SET idle_in_transaction_session_timeout = '60s';
-- Nothing is known of how many rows are staged; each is found by an index, whatever the size of the shop.
ALTER ROLE migration SET enable_hashjoin = off;
ALTER ROLE migration SET enable_mergejoin = off;
