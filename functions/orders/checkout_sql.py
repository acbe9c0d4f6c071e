"""The statements of checkout in PostgreSQL. Each is a transaction of its own and takes one round trip."""

from orders.outbox import DUE
from orders.rows import COLUMNS, ORDERS, as_json

# Debts of others that one look takes on, so that it is not the only one to wait for somebody else's cart.
MOST_SWEPT = 2
LOOK = f"""
    WITH swept AS (
        UPDATE outbox SET due_at = now() + interval '1 minute'
        WHERE (order_id, task) IN (SELECT order_id, task FROM outbox WHERE due_at < now()
            ORDER BY due_at LIMIT {MOST_SWEPT} FOR UPDATE SKIP LOCKED)
        RETURNING order_id
    )
    SELECT
        ({as_json(f"SELECT {COLUMNS} FROM {ORDERS} WHERE user_id = :user AND idempotency_key = :key")}),
        (SELECT fingerprint FROM orders WHERE user_id = :user AND idempotency_key = :key),
        (SELECT coalesce(json_agg(offer), '[]')::text FROM (
            SELECT book_id, category, title, price, stock_quantity FROM books WHERE book_id = ANY(:book_ids)) AS offer),
        (SELECT array_agg(cart_line) FROM order_items WHERE cart_line = ANY(:cart_lines)),
        (SELECT coalesce(json_agg(due), '[]')::text FROM (
            {DUE} WHERE (outbox.order_id, outbox.task) IN (
                SELECT order_id, task FROM outbox WHERE user_id = :user
                UNION SELECT order_id, task FROM outbox WHERE order_id IN (SELECT order_id FROM swept))
            ORDER BY created_at, order_id, task) AS due)"""  # noqa: S608 - no input in it
# Whoever sells locks the books in the order of their ids and reads them again as they are then.
SELL = """
    WITH wanted AS MATERIALIZED (
        SELECT * FROM json_to_recordset(:items::json) AS wanted (place smallint, id uuid, book_id text,
            category text, title text, price numeric, quantity integer, cart_line text)
    ),
    held AS MATERIALIZED (
        SELECT books.id, book_id FROM books JOIN wanted USING (book_id)
        WHERE books.stock_quantity >= wanted.quantity AND books.price = wanted.price
        ORDER BY books.id FOR NO KEY UPDATE OF books
    ),
    placed AS (
        INSERT INTO orders (id, order_id, user_id, status, order_date, subtotal, tax_amount, shipping_amount,
            total_amount, currency, shipping_address, created_at, updated_at, idempotency_key, fingerprint)
        SELECT :id::uuid, :order_id, :user::uuid, :status, :day::date, :subtotal::numeric, :tax::numeric,
            :shipping::numeric, :total::numeric, :currency, :address::jsonb, :now::timestamptz, :now::timestamptz,
            :key, :fingerprint
        WHERE (SELECT count(*) FROM held) = (SELECT count(*) FROM wanted)
        ON CONFLICT (user_id, idempotency_key) DO NOTHING
        RETURNING id, user_id, created_at
    ),
    shopper AS (
        INSERT INTO users (id, user_id) SELECT user_id, :user_id FROM placed ON CONFLICT DO NOTHING
    ),
    sold AS (
        UPDATE books SET stock_quantity = stock_quantity - wanted.quantity, popularity = popularity + wanted.quantity
        FROM placed, held JOIN wanted USING (book_id) WHERE books.id = held.id
    ),
    items AS (
        INSERT INTO order_items
            (id, order_id, book_id, public_book_id, place, category, title, price, quantity, cart_line)
        SELECT wanted.id, placed.id, held.id, book_id, place, category, title, price, quantity, cart_line
        FROM placed, held JOIN wanted USING (book_id)
    ),
    payment AS (
        INSERT INTO payments (authorisation, order_id, amount, currency, status, created_at, updated_at)
        SELECT :authorisation, id, :total::numeric, :currency, :payment, created_at, created_at FROM placed
    ),
    due AS (
        INSERT INTO outbox (order_id, task, user_id, lines)
        SELECT id, 'settle', user_id, :lines::jsonb FROM placed
    )
    SELECT count(*) FROM placed"""
RELEASE = """
    WITH released AS (
        INSERT INTO payments (authorisation, amount, currency, status, created_at, updated_at)
        VALUES (:authorisation, :amount, :currency, 'voided', now(), now()) ON CONFLICT DO NOTHING RETURNING 1
    ) SELECT count(*) FROM released"""
ONCE_PAID, ONCE_SOLD = "payments_pkey", "order_items_each_line_once"
