-- The catalogue. `book_id` is what the API calls a book and never changes; `id` is uuid5 of it and stays inside.
--
-- Texts that order or identify compare by code point (COLLATE "C"), so that pages come in the same order on every
-- server and no upgrade of its locales breaks an index. Lower case follows the database's own locale.

-- The pieces of three letters of a text, by which an index finds a part of a name without an extension.
CREATE FUNCTION pieces(text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT substr($1, place, 3)), '{}') FROM generate_series(1, length($1) - 2) AS place
$$;

CREATE TABLE books (
    id uuid PRIMARY KEY,
    book_id text COLLATE "C" NOT NULL UNIQUE CHECK (book_id ~ '^[a-z0-9][a-z0-9-]{2,63}$'),
    title varchar(255) NOT NULL CHECK (title <> ''),
    author varchar(255) NOT NULL CHECK (author <> ''),
    isbn varchar(13) UNIQUE CHECK (isbn ~ '^97[89][0-9]{10}$'),
    price numeric(10, 2) NOT NULL CHECK (price >= 0),
    category varchar(100) COLLATE "C" NOT NULL CHECK (category <> '' AND category NOT LIKE '#%'),
    description text NOT NULL DEFAULT '',
    image_url varchar(500),
    stock_quantity integer NOT NULL DEFAULT 0 CHECK (stock_quantity >= 0),
    -- Copies sold and not returned.
    popularity integer NOT NULL DEFAULT 0 CHECK (popularity >= 0),
    -- How popular in steps. Indexes know the step alone: a sale that does not change it rewrites no index.
    tier smallint NOT NULL GENERATED ALWAYS AS
        (width_bucket(popularity, ARRAY[1, 10, 40, 160, 640, 2560, 10240])) STORED,
    created_at timestamptz(0) NOT NULL DEFAULT now(),
    updated_at timestamptz(0) NOT NULL DEFAULT now(),
    -- English words by their stems, the title and the ISBN also as they are written, so that a title of nothing but
    -- stop words is found. The last lexeme is the category, for searches within one.
    search tsvector NOT NULL GENERATED ALWAYS AS (
        setweight(to_tsvector('english', title), 'A')
        || setweight(to_tsvector('simple', title || ' ' || coalesce(isbn, '')), 'A')
        || setweight(to_tsvector('english', author), 'B')
        || setweight(to_tsvector('english', description), 'C')
        || array_to_tsvector(ARRAY['#' || md5(category)])
    ) STORED
);

-- Neither stock nor popularity is in an index: every sale changes them.
CREATE INDEX books_by_category ON books (category, book_id);
CREATE INDEX books_by_price ON books (price, book_id);
CREATE INDEX books_by_category_and_price ON books (category, price, book_id);
CREATE INDEX books_by_title ON books ((lower(title) COLLATE "C"), book_id);
CREATE INDEX books_by_category_and_title ON books (category, (lower(title) COLLATE "C"), book_id);
CREATE INDEX books_by_age ON books (created_at, book_id);
CREATE INDEX books_by_category_and_age ON books (category, created_at, book_id);
CREATE INDEX books_by_tier ON books (tier, book_id);
CREATE INDEX books_by_category_and_tier ON books (category, tier, book_id);
CREATE INDEX books_by_author ON books ((lower(author) COLLATE "C"), tier, book_id);
CREATE INDEX books_by_part_of_author ON books USING gin (pieces(lower(author))) WITH (fastupdate = off);
CREATE INDEX books_by_words ON books USING gin (search) WITH (fastupdate = off);
-- The popular few, of whom 40 copies or more were sold: most searches end here.
CREATE INDEX popular_books_by_words ON books USING gin (search) WITH (fastupdate = off) WHERE tier >= 3;
