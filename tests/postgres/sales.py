"""Orders put into the database without a checkout."""

import uuid
from datetime import timedelta

from shared import clock
from shared.postgres import Session
from shared.row_ids import row_id

from tests.postgres.servers import Shop

ORDER = """INSERT INTO orders (id, order_id, user_id, status, order_date, subtotal, tax_amount, shipping_amount,
        total_amount, currency, created_at, updated_at)
    SELECT :id, :order_id, :user_id, :status, :day, sum(price) * :quantity::integer, 0, 5.99,
        sum(price) * :quantity::integer + 5.99, 'USD', now(), now()
    FROM books WHERE book_id = ANY(:books)"""
ITEMS = """INSERT INTO order_items (id, order_id, book_id, public_book_id, place, category, title, price, quantity)
    SELECT gen_random_uuid(), :id, id, book_id, row_number() OVER (), category, title, price, :quantity
    FROM books WHERE book_id = ANY(:books)"""
USER = "INSERT INTO users (id, user_id) VALUES (:id, :user_id)"


def sell(shop: Shop, books: list[str], *, quantity: int = 1, status: str = "confirmed", days_ago: int = 0) -> str:
    """An order of so many copies of each book by somebody; stock and popularity stay. The answer is its id."""
    day = clock.now().date() - timedelta(days=days_ago)
    order_id, user_id = f"order-{day}-{uuid.uuid4().hex}", f"user-{uuid.uuid4().hex}"
    given = {"id": row_id("orders", order_id), "books": books, "quantity": quantity}

    def work(session: Session) -> None:
        user = row_id("users", user_id)
        session.run(USER, id=user, user_id=user_id)
        session.run(ORDER, order_id=order_id, user_id=user, status=status, day=day, **given)
        session.run(ITEMS, **given)

    shop.database().transaction(work)
    return order_id
