"""Who tries the new shop out before anybody is moved, and what they leave when they stop."""

from collections.abc import Sequence

from shared.postgres import Database, Session

from migration import merge_orders, state
from migration.applying import apply
from migration.buckets import is_targets
from migration.cart_target import CartTarget
from migration.faults import Refused
from migration.locks import own
from migration.merging import Terms
from migration.row import CARTS, ORDERS, USERS, Row
from migration.sides import Source, own_of
from migration.target import PostgresRows

LISTED = "SELECT user_id FROM migration.testers ORDER BY user_id"
ADD = "INSERT INTO migration.testers SELECT unnest(:users::text[]) ON CONFLICT DO NOTHING"
REMOVE = "DELETE FROM migration.testers WHERE user_id = ANY(:users)"
ORDERED = """SELECT order_id FROM orders JOIN users ON users.id = orders.user_id WHERE users.user_id = :user"""


class Testers:
    """They buy on the target, whoever else does; what they buy there is of no other side."""

    def __init__(self, target: Database, source: Source, carts: CartTarget, currency: str) -> None:
        self._target, self._source, self._carts, self._currency = target, source, carts, currency
        self._rows = PostgresRows(target)

    def change(self, add: Sequence[str], remove: Sequence[str]) -> list[str]:
        """All of them afterwards. Refused while one who is to be none has an order that stands on the target alone."""

        def work(session: Session) -> list[str]:
            now = state.held(session)
            own(session, ORDERS)
            for user in remove:
                if not is_targets(user, now.weight):
                    self._clear(session, user, now.escrow)
            session.run(REMOVE, users=list(remove))
            session.run(ADD, users=list(add))
            return [user for (user,) in session.run(LISTED)]

        return self._target.transaction(work)

    def _clear(self, session: Session, user: str, escrow: bool) -> None:
        """The target has of the shopper what the source has."""
        ids = [order_id for (order_id,) in session.run(ORDERED, user=user)]
        orders = list(self._rows.find(ORDERS, ids, session).values()) if ids else []
        known = self._source.find_rows(orders)
        tried = [row for row in orders if row.key not in known]
        if standing := [row.values["order_id"] for row in tried if row.values["status"] != "cancelled"]:
            raise Refused(f"{standing[0]}: stands in the new shop alone. Let {user} cancel it there first.")
        if tried:
            merge_orders.remove(session, [row.key for row in tried])
        found = self._source.find(USERS, [(user, own_of(USERS, user))]).get(user)
        rows, gone = ([found], {}) if isinstance(found, Row) else ([], {USERS: [user]})
        apply(session, rows, gone, [], Terms(self._currency, escrow))
        cart = self._source.find(CARTS, [(user, own_of(CARTS, user))]).get(user)
        if isinstance(cart, Row):
            self._carts.write(cart)
        else:
            self._carts.remove(user)
