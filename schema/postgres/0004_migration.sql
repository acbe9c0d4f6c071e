-- What moves a shop from one stack to another: how far it is, what was refused, and what changed here meanwhile.
--
-- Nothing of it does anything until a move begins.
CREATE SCHEMA migration;

DO $$
BEGIN
    CREATE ROLE migration LOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;
END
$$;
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'rds_iam') THEN
        GRANT rds_iam TO migration;
    END IF;
    -- Rows are staged in temporary tables.
    EXECUTE format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO migration', current_database());
END
$$;

-- The move there is, one row. Of 100 buckets of shoppers the target owns those below `weight`; those from `hold_from`
-- up to `hold_to` write nothing. In escrow a copy of a book is on one side alone.
CREATE TABLE migration.state (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    source text NOT NULL DEFAULT '',
    target text NOT NULL DEFAULT '',
    step text NOT NULL DEFAULT 'new',
    weight smallint NOT NULL DEFAULT 0 CHECK (weight BETWEEN 0 AND 100),
    hold_from smallint NOT NULL DEFAULT 0 CHECK (hold_from BETWEEN 0 AND 100),
    hold_to smallint NOT NULL DEFAULT 0 CHECK (hold_to BETWEEN 0 AND 100),
    back_office text NOT NULL DEFAULT 'open' CHECK (back_office IN ('open', 'held')),
    escrow boolean NOT NULL DEFAULT false,
    capture boolean NOT NULL DEFAULT false,
    t0 timestamptz,
    exports jsonb NOT NULL DEFAULT '{}',
    details jsonb NOT NULL DEFAULT '{}',
    weighed_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    version bigint NOT NULL DEFAULT 1,
    -- The copies are in one place before both sides sell.
    CHECK (escrow OR weight = 0)
);
INSERT INTO migration.state DEFAULT VALUES;

-- How many lines of an export file are in, or rows of a part of another database and the key `after` which to go on,
-- written with their rows. `keys` of them are idempotency rows, which are in one table with orders. `loader` tells who
-- was last.
CREATE TABLE migration.checkpoints (
    file text PRIMARY KEY,
    entity text NOT NULL,
    lines bigint NOT NULL DEFAULT 0,
    keys bigint NOT NULL DEFAULT 0,
    after text NOT NULL DEFAULT '',
    written bigint NOT NULL DEFAULT 0,
    same bigint NOT NULL DEFAULT 0,
    rejected bigint NOT NULL DEFAULT 0,
    expired bigint NOT NULL DEFAULT 0,
    done boolean NOT NULL DEFAULT false,
    loader uuid,
    updated_at timestamptz NOT NULL DEFAULT now()
);

-- The newest change of the source that is in, by key: an older one changes nothing any more.
CREATE TABLE migration.sequences (
    entity text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    sequence numeric NOT NULL,
    deleted boolean NOT NULL,
    PRIMARY KEY (entity, key)
);

-- What could not be moved, as it was, and why. `retryable` may come right by another row's change.
CREATE TABLE migration.rejects (
    entity text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    reason text NOT NULL,
    document text NOT NULL,
    retryable boolean NOT NULL DEFAULT false,
    seen_at timestamptz NOT NULL DEFAULT now(),
    signed_by text,
    signed_at timestamptz,
    PRIMARY KEY (entity, key),
    CHECK ((signed_by IS NULL) = (signed_at IS NULL))
);

-- Idempotency keys whose order is not here yet.
CREATE TABLE migration.pending_keys (
    user_id text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    order_id text COLLATE "C" NOT NULL,
    fingerprint text NOT NULL,
    PRIMARY KEY (user_id, key)
);
CREATE INDEX pending_keys_by_order ON migration.pending_keys (order_id);

-- Rows that services changed here, to be written to the other side. Only keys: what is written is the row as it is.
CREATE TABLE migration.changes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    entity text NOT NULL,
    key text NOT NULL,
    -- Of a book: a category it was or is in.
    category text,
    at timestamptz NOT NULL DEFAULT now()
);

-- Copies on their way between the sides. Towards the target one is `planned` until the source has given it, towards
-- the source `taken` until the source has it.
CREATE TABLE migration.transfers (
    id uuid PRIMARY KEY,
    book_id text COLLATE "C" NOT NULL,
    category text COLLATE "C" NOT NULL,
    quantity integer NOT NULL CHECK (quantity > 0),
    towards text NOT NULL CHECK (towards IN ('target', 'source')),
    state text NOT NULL CHECK (state IN ('planned', 'taken', 'done', 'void')),
    changed_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX transfers_one_for_each_book ON migration.transfers (book_id) WHERE state IN ('planned', 'taken');

-- Marks written into the source to see them come back in its stream.
CREATE TABLE migration.marks (
    entity text COLLATE "C" NOT NULL,
    mark text COLLATE "C" NOT NULL,
    written bigint NOT NULL,
    written_at timestamptz NOT NULL,
    seen bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (entity, mark)
);

CREATE TABLE migration.verifications (
    entity text NOT NULL,
    slice integer NOT NULL,
    slices integer NOT NULL,
    compared bigint NOT NULL,
    differences bigint NOT NULL,
    begun_at timestamptz NOT NULL,
    PRIMARY KEY (entity, slice)
);

-- Items of orders whose book is not here, to be tied to it when it comes.
CREATE INDEX order_items_without_book ON order_items (public_book_id) WHERE book_id IS NULL;

CREATE FUNCTION migration.note_book() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO migration.changes (entity, key, category) VALUES ('books', OLD.book_id, OLD.category);
    END IF;
    IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND NEW.category <> OLD.category) THEN
        INSERT INTO migration.changes (entity, key, category) VALUES ('books', NEW.book_id, NEW.category);
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION migration.note_user() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO migration.changes (entity, key) VALUES ('users', coalesce(NEW.user_id, OLD.user_id));
    RETURN NULL;
END
$$;

CREATE FUNCTION migration.note_order() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO migration.changes (entity, key) VALUES ('orders', coalesce(NEW.order_id, OLD.order_id));
    RETURN NULL;
END
$$;

CREATE FUNCTION migration.note_payment() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO migration.changes (entity, key)
    SELECT 'orders', orders.order_id FROM public.orders WHERE orders.id = coalesce(NEW.order_id, OLD.order_id);
    RETURN NULL;
END
$$;

-- Whether changes are noted; with `stock` also those of how many copies there are. What the mover itself writes never is.
CREATE FUNCTION migration.capture(wanted boolean, stock boolean DEFAULT false) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    facts text := 'title, author, isbn, price, category, description, image_url, updated_at';
BEGIN
    DROP TRIGGER IF EXISTS noted_for_migration ON public.books;
    DROP TRIGGER IF EXISTS noted_for_migration ON public.users;
    DROP TRIGGER IF EXISTS noted_for_migration ON public.orders;
    DROP TRIGGER IF EXISTS noted_for_migration ON public.payments;
    IF NOT wanted THEN
        RETURN;
    END IF;
    IF stock THEN
        facts := facts || ', stock_quantity';
    END IF;
    EXECUTE 'CREATE TRIGGER noted_for_migration AFTER INSERT OR DELETE OR UPDATE OF ' || facts
        || ' ON public.books FOR EACH ROW WHEN (session_user <> ''migration'') EXECUTE FUNCTION migration.note_book()';
    CREATE TRIGGER noted_for_migration AFTER INSERT OR UPDATE OR DELETE ON public.users
        FOR EACH ROW WHEN (session_user <> 'migration') EXECUTE FUNCTION migration.note_user();
    CREATE TRIGGER noted_for_migration AFTER INSERT OR UPDATE OR DELETE ON public.orders
        FOR EACH ROW WHEN (session_user <> 'migration') EXECUTE FUNCTION migration.note_order();
    CREATE TRIGGER noted_for_migration AFTER INSERT OR UPDATE OR DELETE ON public.payments
        FOR EACH ROW WHEN (session_user <> 'migration') EXECUTE FUNCTION migration.note_payment();
END
$$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA migration FROM PUBLIC;
GRANT USAGE ON SCHEMA public, migration TO migration;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA migration TO migration;
GRANT EXECUTE ON FUNCTION migration.capture TO migration;
GRANT SELECT, INSERT, UPDATE, DELETE ON books, users, orders, order_items, payments TO migration;
GRANT SELECT, INSERT, DELETE ON outbox TO migration;
