-- How many copies of a book there are in all while a move keeps each of them on one side: on both sides, on their way, and
-- in orders that stand. A sale and a return change nothing of it. The back office does, and that alone is noted here.
-- `seen` is what was found last, until it is found twice: then nothing was on its way, and `copies` is known.
CREATE TABLE migration.copies (
    book_id text COLLATE "C" PRIMARY KEY,
    copies bigint,
    seen text
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
        INSERT INTO migration.copies (book_id, copies) VALUES (NEW.book_id, NEW.stock_quantity)
        ON CONFLICT (book_id) DO UPDATE SET copies = excluded.copies, seen = NULL;
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

-- Of the lines of a file, those that are of a kind that does not move.
ALTER TABLE migration.checkpoints ADD COLUMN others bigint NOT NULL DEFAULT 0;

REVOKE ALL ON FUNCTION migration.count_copies, migration.count_returned FROM PUBLIC;
GRANT SELECT, INSERT, UPDATE, DELETE ON migration.copies TO migration;
-- Debts of shoppers whose writes are held wait.
GRANT UPDATE (due_at) ON outbox TO migration;
