-- Shoppers, what they bought and how it was paid. `user_id` and `order_id` are texts the API knows; `id` is uuid5 of
-- them (of an order's item: of its order_id and book_id) and stays inside. Amounts are in `currency`.

-- Made at a shopper's first visit or first order. Erasure leaves the row, for the bookkeeping, without the person.
CREATE TABLE users (
    id uuid PRIMARY KEY,
    user_id text COLLATE "C" NOT NULL UNIQUE CHECK (user_id <> ''),
    email varchar(320) COLLATE "C" UNIQUE CHECK (email <> '' AND email = lower(email)),
    first_name varchar(100),
    last_name varchar(100),
    phone varchar(32),
    address jsonb,
    account_status text NOT NULL DEFAULT 'active' CHECK (account_status IN ('active', 'disabled', 'erased')),
    -- Cut off, as the functions do; now() alone would be rounded to a second that is yet to come.
    created_at timestamptz(0) NOT NULL DEFAULT date_trunc('second', now()),
    updated_at timestamptz(0) NOT NULL DEFAULT date_trunc('second', now()),
    last_login timestamptz(0),
    erased_at timestamptz(0),
    CHECK ((account_status = 'erased') = (erased_at IS NOT NULL)),
    CHECK (account_status <> 'erased' OR num_nonnulls(email, first_name, last_name, phone, address, last_login) = 0)
);

CREATE TABLE orders (
    id uuid PRIMARY KEY,
    order_id text COLLATE "C" NOT NULL UNIQUE CHECK (order_id LIKE 'order-%'),
    user_id uuid NOT NULL REFERENCES users,
    status text NOT NULL CHECK (status IN ('pending', 'confirmed', 'shipped', 'delivered', 'cancelled')),
    -- The day in UTC, as in order_id.
    order_date date NOT NULL,
    subtotal numeric(12, 2) NOT NULL CHECK (subtotal >= 0),
    tax_amount numeric(12, 2) NOT NULL CHECK (tax_amount >= 0),
    shipping_amount numeric(12, 2) NOT NULL CHECK (shipping_amount >= 0),
    total_amount numeric(12, 2) NOT NULL,
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    shipping_address jsonb,
    created_at timestamptz(0) NOT NULL,
    updated_at timestamptz(0) NOT NULL,
    -- A key never buys twice, however late it is sent again; the fingerprint tells another wish under a used key.
    idempotency_key varchar(255) COLLATE "C",
    fingerprint text,
    CONSTRAINT orders_one_for_each_key UNIQUE (user_id, idempotency_key),
    CHECK (total_amount = subtotal + tax_amount + shipping_amount),
    CHECK ((idempotency_key IS NULL) = (fingerprint IS NULL))
);

CREATE INDEX orders_by_shopper ON orders (user_id, order_id);
CREATE INDEX orders_by_day ON orders (order_date, order_id);

-- Copies of a book as they were sold. What the order says of the book outlives the book.
CREATE TABLE order_items (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL REFERENCES orders ON DELETE CASCADE,
    book_id uuid REFERENCES books ON DELETE SET NULL,
    public_book_id text COLLATE "C" NOT NULL,
    -- The place in the order, from 1.
    place smallint NOT NULL CHECK (place >= 1),
    category varchar(100) COLLATE "C" NOT NULL,
    title varchar(255) NOT NULL,
    price numeric(10, 2) NOT NULL CHECK (price >= 0),
    quantity integer NOT NULL CHECK (quantity BETWEEN 1 AND 99),
    -- The state of the cart's row that was sold. None is sold twice, whoever reads a cart that is not cleared yet.
    cart_line text COLLATE "C" CONSTRAINT order_items_each_line_once UNIQUE,
    UNIQUE (order_id, place),
    UNIQUE (order_id, public_book_id)
);

CREATE INDEX order_items_by_book ON order_items (book_id);

-- What the payment provider holds or took for an order. Never a card, never the token it was paid with. One that came to
-- no order is kept, too, voided: that it is here already keeps every late order from being paid with it.
CREATE TABLE payments (
    authorisation text COLLATE "C" PRIMARY KEY,
    order_id uuid UNIQUE REFERENCES orders ON DELETE CASCADE,
    amount numeric(12, 2) NOT NULL CHECK (amount >= 0),
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    status text NOT NULL CHECK (status IN ('authorised', 'captured', 'voided')),
    created_at timestamptz(0) NOT NULL,
    updated_at timestamptz(0) NOT NULL,
    CHECK (order_id IS NOT NULL OR status = 'voided')
);

-- What an order still owes other systems. A row is written in the transaction that makes it due and removed when it is
-- done: `settle` captures the payment and takes the sold `lines` out of the cart, `void` gives the money back. Who made
-- it due does it at once; from `due_at` on others try, too.
CREATE TABLE outbox (
    order_id uuid NOT NULL REFERENCES orders ON DELETE CASCADE,
    task text NOT NULL CHECK (task IN ('settle', 'void')),
    user_id uuid NOT NULL REFERENCES users,
    lines jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz(0) NOT NULL DEFAULT now(),
    due_at timestamptz(0) NOT NULL DEFAULT now() + interval '1 minute',
    PRIMARY KEY (order_id, task)
);

CREATE INDEX outbox_by_shopper ON outbox (user_id);
CREATE INDEX outbox_by_time ON outbox (due_at);
