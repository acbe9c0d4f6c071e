"""Changes of the state that do something: shoppers come over or go back, copies get into escrow, changes are noted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shared.postgres import Session

from migration import copies, state
from migration.buckets import bucket
from migration.faults import Refused
from migration.state import State

CAPTURE = "SELECT migration.capture(:wanted, :stock)"
# At weight 0 the target's copies were a picture of the source's: from here on all copies are there.
EMPTY_SHELVES = "UPDATE books SET stock_quantity = 0 WHERE stock_quantity <> 0"
COPIES_HERE = """SELECT (SELECT count(*) FROM migration.transfers WHERE state IN ('planned', 'taken')),
    (SELECT coalesce(sum(stock_quantity), 0) FROM books)"""
# What an order owes the provider is paid by the side its shopper is on.
OWED = """SELECT orders.id, orders.user_id, users.user_id, orders.status = 'cancelled' FROM orders
    JOIN payments ON payments.order_id = orders.id JOIN users ON users.id = orders.user_id
    WHERE payments.status = ANY(CASE WHEN orders.status = 'cancelled' THEN ARRAY['authorised', 'captured']
        ELSE ARRAY['authorised'] END)"""
OWE = """INSERT INTO outbox (order_id, task, user_id, lines)
    SELECT order_id, task, user_id, lines::jsonb
    FROM unnest(:orders::uuid[], :tasks::text[], :shoppers::uuid[], :lines::text[])
        AS given(order_id, task, user_id, lines)
    ON CONFLICT DO NOTHING"""
NOTED = """SELECT orders.id, orders.user_id, users.user_id, task, lines::text
    FROM outbox JOIN orders ON orders.id = outbox.order_id JOIN users ON users.id = orders.user_id"""
WAIT = "UPDATE outbox SET due_at = greatest(due_at, now() + interval '1 hour') WHERE user_id = ANY(:shoppers)"
DEBTORS = "SELECT DISTINCT outbox.user_id, users.user_id FROM outbox JOIN users ON users.id = outbox.user_id"
FORGIVE = "DELETE FROM outbox WHERE user_id = ANY(:shoppers)"


@dataclass(frozen=True)
class Debt:
    """What an order owes: a row of the outbox. `lines` are JSON, `name` is the shopper's user_id."""

    order: UUID
    shopper: UUID
    name: str
    task: str
    lines: str


def change(session: Session, changes: Mapping[str, Any], version: int | None, noted: Sequence[Debt] = ()) -> State:
    """The new state; part of a transaction. Refused when it would break what holds. `noted` are the source's debts."""
    if forbidden := changes.keys() - set(state.CHANGEABLE):
        raise Refused(f"{', '.join(sorted(forbidden))}: is not for anybody to set; {', '.join(state.CHANGEABLE)} are.")
    now = state.taken(session, version)
    wanted = dict(changes)
    weight = int(wanted.get("weight", now.weight))
    escrow = bool(wanted.get("escrow", now.escrow or weight > 0))
    if not 0 <= weight <= 100:
        raise Refused(f"weight: is {weight}, must be from 0 to 100.")
    if weight and not escrow:
        raise Refused("escrow: is needed while shoppers are on the target, or a copy could be sold twice.")
    if escrow != now.escrow:
        wanted |= _open_escrow(session) if escrow else _close_escrow(session)
    if weight > now.weight:
        moving = range(now.weight, weight)
        _note(session, [debt for debt in noted if bucket(debt.name) in moving])
        take_debts(session, moving)
    elif weight < now.weight:
        leave_debts(session, range(weight, now.weight))
    return state.write(session, wanted)


def _open_escrow(session: Session) -> dict[str, Any]:
    session.run(EMPTY_SHELVES)
    copies.forget(session)
    session.run(CAPTURE, wanted=True, stock=False)
    return {"escrow": True, "capture": True}


def _close_escrow(session: Session) -> dict[str, Any]:
    ((moving, left),) = session.run(COPIES_HERE)
    if moving or left:
        raise Refused(f"escrow: {left} copies are here and {moving} transfers under way. Rebalance at weight 0 first.")
    return {"escrow": False}


def debts(session: Session) -> list[Debt]:
    """Those that are noted in a database."""
    return [Debt(*row) for row in session.run(NOTED)]


def take_debts(session: Session, buckets: range) -> None:
    """Notes what orders of these shoppers owe, where they are from now on."""
    owed = [
        Debt(order, shopper, name, "void" if cancelled else "settle", "{}")
        for order, shopper, name, cancelled in session.run(OWED)
    ]
    _note(session, [debt for debt in owed if bucket(debt.name) in buckets])


def take_debts_of(session: Session, orders: Sequence[str]) -> None:
    """Notes what these orders owe, of shoppers who are here."""
    rows = session.run(f"{OWED} AND orders.order_id = ANY(:orders)", orders=list(orders)) if orders else []
    _note(
        session,
        [
            Debt(order, shopper, name, "void" if cancelled else "settle", "{}")
            for order, shopper, name, cancelled in rows
        ],
    )


def _note(session: Session, owed: Sequence[Debt]) -> None:
    if owed:
        session.run(
            OWE,
            orders=[debt.order for debt in owed],
            tasks=[debt.task for debt in owed],
            shoppers=[debt.shopper for debt in owed],
            lines=[debt.lines for debt in owed],
        )


def withhold_debts(session: Session, buckets: range) -> None:
    """Nobody else's checkout pays what these shoppers owe, while their writes are held."""
    if found := [shopper for shopper, name in session.run(DEBTORS) if bucket(name) in buckets]:
        session.run(WAIT, shoppers=found)


def leave_debts(session: Session, buckets: range) -> None:
    """Forgets what these shoppers owe, where they are no more."""
    if gone := [shopper for shopper, name in session.run(DEBTORS) if bucket(name) in buckets]:
        session.run(FORGIVE, shoppers=gone)


def keep_debts(session: Session, buckets: range) -> None:
    """Of a source's debts those of the shoppers it has, and no others."""
    gone = range(buckets.start)
    leave_debts(session, gone)
    take_debts(session, buckets)


def end_capture(session: Session) -> State:
    """Changes are noted no more. Refused while some wait, or while shoppers are on both sides."""
    now = state.taken(session)
    waiting = session.run("SELECT count(*) FROM migration.changes")[0][0]
    if waiting:
        raise Refused(f"{waiting} changes wait to be written to {now.source or 'the source'}. Replay them first.")
    if 0 < now.weight < 100:
        raise Refused("Shoppers are on both sides. Bring them to one first.")
    session.run(CAPTURE, wanted=False, stock=False)
    return state.write(session, {"capture": False})
