"""Writes that happen together or not at all."""

from collections.abc import Mapping, Sequence

from shared.dynamo import Item, TransactionCancelled, transact
from shared.problems import Unavailable

from carts.store import Stale

CHANGED = frozenset({"ConditionalCheckFailed", "TransactionConflict"})


def all_or_stale(actions: Sequence[Mapping[str, Item]]) -> None:
    """Stale when another change came first, or is under way."""
    try:
        transact(actions)
    except TransactionCancelled as cancelled:
        if CHANGED.isdisjoint(cancelled.reasons):
            raise Unavailable("The shop is busy. Nothing was changed: try again in a moment.") from cancelled
        raise Stale(", ".join(cancelled.reasons)) from None
