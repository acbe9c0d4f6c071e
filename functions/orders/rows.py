"""An order as PostgreSQL writes it, and back: orders come as one JSON text, which is read at once."""

import msgspec

from orders.model import Order

COLUMNS = """(SELECT user_id FROM users WHERE users.id = orders.user_id) AS user_id, orders.order_id, orders.status,
    order_date,
    (SELECT coalesce(json_agg(json_build_object('book_id', public_book_id, 'category', category, 'title', title,
            'price', price, 'quantity', quantity) ORDER BY place), '[]')
        FROM order_items WHERE order_items.order_id = orders.id) AS items,
    subtotal, tax_amount AS tax, shipping_amount AS shipping, total_amount AS total, shipping_address,
    to_char(orders.created_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS created_at,
    to_char(orders.updated_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS updated_at,
    payments.status AS payment, payments.authorisation"""
ORDERS = "orders LEFT JOIN payments ON payments.order_id = orders.id"

_decoder = msgspec.json.Decoder(list[Order])


def as_json(query: str) -> str:
    """A query of COLUMNS and nothing else as one that answers one JSON text, in the same order."""
    return f"SELECT coalesce(json_agg(found), '[]')::text FROM ({query}) AS found"  # noqa: S608 - no input in it


def from_json(text: str) -> list[Order]:
    return _decoder.decode(text)
