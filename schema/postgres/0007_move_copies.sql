-- How many copies of a book there are in all while a move keeps each of them on one side: on both sides, on their way, and
-- in orders that stand. A sale and a return change nothing of it. The back office does, and that alone is noted here.
-- `seen` is what was found last, until it is found twice: then nothing was on its way, and `copies` is known.
CREATE TABLE migration.copies (
    book_id text COLLATE "C" PRIMARY KEY,
    copies bigint,
    seen text,
    -- The back office made it since: orders of a book that had the name before are not of this one.
    is_new boolean NOT NULL DEFAULT false
);

CREATE FUNCTION migration.count_copies() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM migration.copies WHERE book_id = OLD.book_id;
    ELSIF TG_OP = 'UPDATE' THEN
        UPDATE migration.copies SET copies = copies + NEW.stock_quantity - OLD.stock_quantity, seen = NULL
        WHERE book_id = NEW.book_id;
    ELSIF (SELECT escrow FROM migration.state) THEN
        INSERT INTO migration.copies (book_id, copies, is_new) VALUES (NEW.book_id, NEW.stock_quantity, true)
        ON CONFLICT (book_id) DO UPDATE SET copies = excluded.copies, seen = NULL, is_new = true;
    END IF;
    RETURN NULL;
END
$$;

-- Copies of an order that is cancelled go back to the shelf: those on it are more, all of them are as many as before.
CREATE FUNCTION migration.count_returned() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE migration.copies SET copies = copies - items.quantity, seen = NULL
    FROM public.order_items AS items JOIN public.books ON books.id = items.book_id
    WHERE items.order_id = NEW.id AND copies.book_id = books.book_id;
    RETURN NULL;
END
$$;

CREATE TRIGGER counted_for_migration AFTER INSERT OR DELETE OR UPDATE OF stock_quantity ON books
    FOR EACH ROW WHEN (session_user = 'admin') EXECUTE FUNCTION migration.count_copies();
CREATE TRIGGER counted_for_migration AFTER UPDATE OF status ON orders
    FOR EACH ROW WHEN (session_user = 'admin' AND NEW.status = 'cancelled' AND OLD.status <> 'cancelled')
    EXECUTE FUNCTION migration.count_returned();

-- What comes after what is not for a clock to say: it may step back, and the next database has another.
CREATE SEQUENCE migration.rounds;
GRANT USAGE ON SEQUENCE migration.rounds TO migration;
ALTER TABLE migration.state ADD COLUMN shifts bigint NOT NULL DEFAULT 0;
ALTER TABLE migration.verifications ADD COLUMN shift bigint NOT NULL DEFAULT -1;

-- Of the lines of a file, those that are of a kind that does not move.
ALTER TABLE migration.checkpoints ADD COLUMN others bigint NOT NULL DEFAULT 0;

-- While a move is under way each shopper buys on one side, by whatever address they come: here those below the weight,
-- and who tries the new shop out. The back office changes nothing here before all shoppers are here.
CREATE TABLE migration.testers (
    user_id text COLLATE "C" PRIMARY KEY
);

-- As functions/migration/buckets.py and the router have it: FNV-1a, 32 bits, of the bytes in UTF-8.
CREATE FUNCTION migration.bucket(name text) RETURNS integer LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE
    bytes bytea := convert_to(name, 'UTF8');
    hash bigint := 2166136261;
BEGIN
    FOR place IN 0 .. length(bytes) - 1 LOOP
        hash := ((hash # get_byte(bytes, place)) * 16777619) & 4294967295;
    END LOOP;
    RETURN hash % 100;
END
$$;

-- 100 where no move is under way: one is from its first step, or the first row that comes over, to its end.
CREATE FUNCTION migration.weight_now() RETURNS integer LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN step = 'finished' OR (step = 'new' AND NOT EXISTS (SELECT FROM migration.sequences)) THEN 100
        ELSE weight END::integer
    FROM migration.state
$$;

-- 55P03 is what the functions answer with 503, "try again".
CREATE FUNCTION migration.guard_order() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    weight integer := migration.weight_now();
    shopper text;
BEGIN
    IF weight < 100 THEN
        SELECT user_id INTO shopper FROM public.users WHERE id = NEW.user_id;
        IF session_user = 'admin' OR (migration.bucket(shopper) >= weight
                AND NOT EXISTS (SELECT FROM migration.testers WHERE user_id = shopper)) THEN
            RAISE EXCEPTION 'the shop is moving: this is done on the other side' USING ERRCODE = '55P03';
        END IF;
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION migration.guard_book() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF migration.weight_now() < 100 THEN
        RAISE EXCEPTION 'the shop is moving: books are changed on the other side' USING ERRCODE = '55P03';
    END IF;
    RETURN NULL;
END
$$;

-- At the end of the statement, which makes the shopper, too.
CREATE TRIGGER guarded_by_migration AFTER INSERT OR UPDATE OF status ON orders
    FOR EACH ROW WHEN (session_user IN ('orders', 'admin')) EXECUTE FUNCTION migration.guard_order();
CREATE TRIGGER guarded_by_migration AFTER INSERT OR UPDATE OR DELETE ON books
    FOR EACH ROW WHEN (session_user = 'admin') EXECUTE FUNCTION migration.guard_book();

REVOKE ALL ON FUNCTION migration.count_copies, migration.count_returned, migration.bucket, migration.weight_now,
    migration.guard_order, migration.guard_book FROM PUBLIC;
GRANT SELECT, INSERT, DELETE ON migration.testers TO migration;
GRANT SELECT, INSERT, UPDATE, DELETE ON migration.copies TO migration;
-- Debts of shoppers whose writes are held wait.
GRANT UPDATE (due_at) ON outbox TO migration;
