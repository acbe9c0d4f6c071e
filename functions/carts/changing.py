"""Changes of carts, made again from the newest carts when another change came between."""

from collections.abc import Callable, Sequence

from shared import clock
from shared.backoff import attempts
from shared.problems import Conflict
from shared.session import Session, cart_owner

from carts.catalogue import Catalogue
from carts.model import Cart, MergeItem
from carts.store import Carts, Change, Stale

# Two tabs of one shopper rarely meet; more than this is a client gone wild.
MOST_ATTEMPTS = 8
PATIENCE_S = 8.0


def changed(carts: Carts, user_id: str, change: Callable[[Cart], Cart], ends_at: int | None = None) -> Cart:
    """The cart after the change. CartFull, or Conflict when there is no end of other changes."""

    def plan() -> list[Change]:
        cart = carts.load(user_id)
        return [Change(user_id, cart, change(cart), ends_at)]

    return _saved(carts, plan)


def merged_session(carts: Carts, catalogue: Catalogue, user_id: str, merge_id: str, session: Session) -> Cart:
    """The cart with the session's in it, which is empty then: both at once, so neither lost nor added twice."""
    guest = cart_owner(session)

    def plan() -> list[Change]:
        cart, guests = carts.load(user_id), carts.load(guest)
        after = merging(catalogue, merge_id, guests.as_items())(cart)
        changes = [Change(user_id, cart, after)]
        if after != cart and guests.lines:
            changes.append(Change(guest, guests, guests.emptied(), session.ends_at))
        return changes

    return _saved(carts, plan)


def merging(catalogue: Catalogue, merge_id: str, items: Sequence[MergeItem]) -> Callable[[Cart], Cart]:
    there = catalogue.several([item.book_id for item in items])
    return lambda cart: cart.merged(merge_id, items, there)


def _saved(carts: Carts, plan: Callable[[], Sequence[Change]]) -> Cart:
    """The first cart of the plan, once all of it is done."""
    for _ in attempts(MOST_ATTEMPTS, clock.monotonic() + PATIENCE_S):
        changes = plan()
        if all(change.after == change.before for change in changes):
            return changes[0].before
        try:
            return carts.save(changes)[0]
        except Stale:
            continue
    raise Conflict("The cart kept changing meanwhile. Load it and try again.")
