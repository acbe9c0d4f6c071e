"""What is wrong on one side by itself: it points nowhere, is owed by nobody, or follows from nothing."""

from collections.abc import Callable, Sequence
from typing import Any

from shared.postgres import Database
from shared.row_ids import row_id

from migration.target import PROFILES, TIED

# Each by the name it is told by; the answer are keys.
CHECKS = {
    "items_without_their_book": f"""SELECT orders.order_id
        FROM order_items JOIN orders ON orders.id = order_items.order_id WHERE NOT {TIED}""",  # noqa: S608
    # One that the back office made under the name of another has none of that one's orders.
    "items_not_tied_to_their_book": """SELECT orders.order_id
        FROM order_items JOIN orders ON orders.id = order_items.order_id JOIN books ON books.book_id = public_book_id
        WHERE order_items.book_id IS NULL
            AND NOT EXISTS (SELECT FROM migration.copies WHERE copies.book_id = books.book_id AND is_new)""",
    "orders_without_items": """SELECT order_id FROM orders
        WHERE NOT EXISTS (SELECT FROM order_items WHERE order_items.order_id = orders.id)""",
    "payments_without_order": "SELECT authorisation FROM payments WHERE order_id IS NULL AND status <> 'voided'",
    "in_another_currency": """SELECT order_id FROM orders WHERE currency <> :currency
        UNION ALL SELECT authorisation FROM payments WHERE currency <> :currency""",
    "shoppers_of_nothing": f"""SELECT user_id FROM users
        WHERE NOT ({PROFILES}) AND NOT EXISTS (SELECT FROM orders WHERE orders.user_id = users.id)""",  # noqa: S608
}
BUYERS = f"SELECT user_id, id FROM users WHERE NOT ({PROFILES})"  # noqa: S608 - no input in it
OWED = """SELECT users.user_id, orders.order_id, CASE WHEN orders.status = 'cancelled' THEN 'void' ELSE 'settle' END
    FROM orders JOIN payments ON payments.order_id = orders.id JOIN users ON users.id = orders.user_id
    WHERE payments.status = ANY(CASE WHEN orders.status = 'cancelled' THEN ARRAY['authorised', 'captured']
        ELSE ARRAY['authorised'] END)"""
NOTED = """SELECT users.user_id, orders.order_id, task,
        outbox.user_id = orders.user_id AND (task = 'settle' OR orders.status = 'cancelled')
    FROM outbox JOIN orders ON orders.id = outbox.order_id JOIN users ON users.id = orders.user_id"""
# Of one moment.
DEBTS = f"""SELECT 'owed', user_id, order_id, task, true FROM ({OWED}) AS owed (user_id, order_id, task)
    UNION ALL SELECT 'noted', user_id, order_id, task, own FROM ({NOTED}) AS noted (user_id, order_id, task, own)"""  # noqa: S608

Mine = Callable[[str], bool]


def strays(database: Database, currency: str, mine: Mine, *, is_source: bool = False) -> dict[str, Sequence[str]]:
    """Keys of what is wrong in a database of the shop, by name. Shoppers who are `mine` pay there."""
    found: dict[str, Sequence[str]] = {}
    for name, sql in CHECKS.items():
        if is_source and name == "items_not_tied_to_their_book":
            continue  # nobody noted there which books were made anew
        values: dict[str, Any] = {"currency": currency} if ":currency" in sql else {}
        found[name] = sorted({key for (key,) in database.run(sql, **values)})
    found["shoppers_under_another_id"] = [user for user, id_ in database.run(BUYERS) if id_ != row_id("users", user)]
    return found | _debts(database, mine)


def _debts(database: Database, mine: Mine) -> dict[str, Sequence[str]]:
    """Each debt is noted where its shopper is, and nowhere else."""
    rows = database.run(DEBTS)
    noted = {(order, task) for what, _, order, task, _ in rows if what == "noted"}
    owed = [(user, order, task) for what, user, order, task, _ in rows if what == "owed"]
    return {
        "debts_nobody_pays": [order for user, order, task in owed if mine(user) and (order, task) not in noted],
        "debts_of_the_other_side": [
            order for what, user, order, _, own in rows if what == "noted" and not (own and mine(user))
        ],
    }
