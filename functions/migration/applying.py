"""Rows into PostgreSQL within a transaction: what cannot be written is told apart, and kept as rejects."""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.postgres import Session, Violation
from shared.postgres_errors import StatementFailed

from migration import merge_books, merge_keys, merge_orders, merge_users, rejects
from migration.items import document
from migration.merging import Merge, Outcome, Remove, Terms
from migration.row import BOOKS, KEYS, ORDERS, USERS, Bad, Row

MERGES: Mapping[str, Merge] = {
    BOOKS: merge_books.merge,
    USERS: merge_users.merge,
    ORDERS: merge_orders.merge,
    KEYS: merge_keys.merge,
}
REMOVES: Mapping[str, Remove] = {
    BOOKS: merge_books.remove,
    USERS: merge_users.remove,
    ORDERS: merge_orders.remove,
    KEYS: merge_keys.remove,
}
# Data that PostgreSQL refuses although the mapping let it pass: SQLSTATE's classes of data and of limits.
DATA = ("22", "54")


def apply(
    session: Session,
    rows: Sequence[Row],
    removed: Mapping[str, Sequence[str]],
    bad: Sequence[Bad],
    terms: Terms,
    left: Sequence[str] = (),
) -> Outcome:
    """All of a batch: rows merged, keys by kind removed, what is bad rejected. Part of the caller's transaction.

    `left` are keys of books that are others now.
    """
    outcome = Outcome(bad=list(bad))
    # The last of a key counts.
    rows = list({(row.kind, row.key): row for row in rows}.values())
    leaving = frozenset((*removed.get(BOOKS, ()), *left))
    for kind, merge in MERGES.items():
        if of_kind := [row for row in rows if row.kind == kind]:
            outcome.add(_merged(session, merge, of_kind, terms, leaving))
    for kind, remove in REMOVES.items():
        if keys := removed.get(kind):
            outcome.written += remove(session, keys)
    kept = {(each.kind, each.key) for each in outcome.bad}
    good = [(row.kind, row.key) for row in rows] + [(kind, key) for kind, keys in removed.items() for key in keys]
    rejects.clear(session, [each for each in good if each not in kept])
    rejects.note(session, outcome.bad)
    return outcome


def _merged(session: Session, merge: Merge, rows: Sequence[Row], terms: Terms, leaving: frozenset[str]) -> Outcome:
    """Halves what PostgreSQL refuses until it is one row, which is bad."""
    try:
        with savepoint(session):
            written, refused = merge(session, rows, terms, leaving)
    except (Violation, StatementFailed) as error:
        if isinstance(error, StatementFailed) and not str(error).startswith(DATA):
            raise
        if len(rows) == 1:
            return Outcome(bad=[_bad(rows[0], _told(error), retryable=isinstance(error, Violation))])
        half = len(rows) // 2
        outcome = _merged(session, merge, rows[:half], terms, leaving)
        outcome.add(_merged(session, merge, rows[half:], terms, leaving))
        return outcome
    bad = [_bad(row, reason, retryable=True) for row, reason in refused]
    return Outcome(written, len(rows) - written - len(bad), bad)


def _bad(row: Row, reason: str, *, retryable: bool) -> Bad:
    return Bad(row.kind, row.key, reason, document(row.values), retryable)


def _told(error: Exception) -> str:
    return f"PostgreSQL refuses it: {error}"


class savepoint:  # noqa: N801 - used as a statement
    """What fails within it is undone, and the transaction goes on."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def __enter__(self) -> None:
        self._session.script("SAVEPOINT merging")

    def __exit__(self, kind: Any, error: BaseException | None, _: Any) -> None:
        if error is None:
            self._session.script("RELEASE SAVEPOINT merging")
        elif isinstance(error, Violation | StatementFailed):
            self._session.script("ROLLBACK TO SAVEPOINT merging")
