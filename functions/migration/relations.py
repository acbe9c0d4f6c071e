"""What holds between rows: nothing points nowhere, each shopper has their orders, each book its copies."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from orders.items import IDEMPOTENCY_PREFIX
from shared.postgres import Database, Session

from migration import copies, rejects, state
from migration.buckets import is_targets
from migration.row import BOOKS, ORDERS, Bad, Row
from migration.sides import Source
from migration.state import State
from migration.strays import strays
from migration.target import PostgresRows

SHOWN = 100
# But for those somebody has signed for.
KEYS_WITHOUT_ORDER = f"""SELECT user_id || '/' || pending.key FROM migration.pending_keys AS pending
    WHERE NOT EXISTS (SELECT FROM migration.rejects WHERE entity = 'orders' AND signed_by IS NOT NULL
        AND rejects.key IN (user_id || '/' || order_id, user_id || '/{IDEMPOTENCY_PREFIX}' || pending.key))"""  # noqa: S608
PENDING = """SELECT user_id, key, order_id, fingerprint FROM migration.pending_keys AS pending
    WHERE NOT EXISTS (SELECT FROM migration.rejects
        WHERE entity = 'orders' AND rejects.key = pending.user_id || '/' || pending.order_id)"""
OF_USERS = (
    """SELECT users.user_id, count(*) FROM orders JOIN users ON users.id = orders.user_id GROUP BY users.user_id"""
)
REJECTED = "SELECT key FROM migration.rejects WHERE entity = 'orders'"


class Relations:
    """`currency` is the shop's."""

    def __init__(self, target: Database, source: Source, currency: str) -> None:
        self._target, self._source, self._currency = target, source, currency
        self._rows = PostgresRows(target)

    def verify(self, before: Mapping[str, Any] | None) -> dict[str, Any]:
        """What is wrong now, and was in the answer `before`: both sides are not read in one moment."""
        found = self._found()
        return found if before is None else in_both(before, found)

    def _found(self) -> dict[str, Any]:
        now = self._target.transaction(state.read)
        self._target.transaction(_name_orphans)
        wrong = self._strays(now)
        stock, orders = self._stock(now), self._orders_of_users()
        differences = sum(map(len, wrong.values())) + len(stock["different"]) + len(orders["different"])
        return {
            "orphans": {name: len(keys) for name, keys in wrong.items()},
            "strays": {name: list(keys[:SHOWN]) for name, keys in wrong.items() if keys},
            "stock": _told(stock),
            "orders_of_users": _told(orders),
            "differences": differences,
            "done": True,
        }

    def note_copies(self) -> dict[str, Any]:
        """While copies are on one side each: how many there are of each book, as far as that is not known yet."""
        if not self._target.transaction(state.read).escrow:
            return {"unknown": 0}
        return {"unknown": copies.note(self._target, copies.counted(self._target, self._copies_there()))}

    def _strays(self, now: State) -> dict[str, Sequence[str]]:
        here = strays(self._target, self._currency, lambda user: is_targets(user, now.weight))
        there = self._source.strays(self._currency, lambda user: not is_targets(user, now.weight))
        waiting = {"keys_without_order": [key for (key,) in self._target.run(KEYS_WITHOUT_ORDER)]}
        return {**here, **waiting, **{f"source_{name}": keys for name, keys in there.items()}}

    def _stock(self, now: State) -> dict[str, Any]:
        """Of each book the copies on either side, and in all. Without escrow the target's are only a picture of the
        source's; in escrow all of them together, with those sold, stay the same but for what the back office does."""
        there = self._copies_there()
        counts = copies.counted(self._target, there)
        if now.escrow and now.weight:
            copies.note(self._target, counts)
            wrong = [each.shown() for each in counts if each.is_wrong]
        elif now.escrow:
            # On their way back, and the old side's back office may change them already.
            wrong = []
        else:
            wrong = [
                {"key": each.book_id, "source": there.get(each.book_id), "target": each.here}
                for each in counts
                if there.get(each.book_id) != each.here
            ]
        return {
            "books": len(counts),
            "source": sum(there.values()),
            "target": sum(each.here for each in counts),
            "in_transit": sum(each.moving for each in counts),
            "sold": sum(each.sold for each in counts),
            "different": wrong,
        }

    def _copies_there(self) -> dict[str, int]:
        there: dict[str, int] = {}
        for rows in self._rows.pages(BOOKS):
            found = self._source.find_rows(rows)
            there |= {r.values["book_id"]: r.values["stock_quantity"] for r in found.values() if isinstance(r, Row)}
        return there

    def _orders_of_users(self) -> dict[str, Any]:
        here = Counter(dict(self._target.run(OF_USERS)))
        there = self._source.orders_of_users({key for (key,) in self._target.run(REJECTED)})
        wrong = [
            {"key": user, "source": there[user], "target": here[user]}
            for user in sorted(here.keys() | there.keys())
            if here[user] != there[user]
        ]
        counts = {"users": len(here), "source": there.total(), "target": here.total()}
        return {**counts, "different": wrong}


def in_both(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """`now` with only what was wrong before, too. Of more than is told by its key, the smaller number counts."""
    orphans, strays = {}, {}
    for name, count in now["orphans"].items():
        was, known = before["orphans"].get(name, 0), before["strays"].get(name, ())
        keys = [key for key in now["strays"].get(name, ()) if key in known]
        orphans[name] = min(was, count) if max(was, count) > SHOWN else len(keys)
        if keys:
            strays[name] = keys
    lists = {name: _still(before[name], now[name]) for name in ("stock", "orders_of_users")}
    differences = sum(orphans.values()) + sum(each["count"] for each in lists.values())
    return {**now, **lists, "orphans": orphans, "strays": strays, "differences": differences}


def _still(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """Entries that were there before. A side that has by now what the other had is on its way, no more."""
    if max(before["count"], now["count"]) > SHOWN:
        return {**now, "count": min(before["count"], now["count"])}
    known = {each["key"]: each for each in before["different"]}
    different = []
    for each in now["different"]:
        if (was := known.get(each["key"])) is None:
            continue
        sources = [*was.get("sources", ()), was["source"]]
        targets = [*was.get("targets", ()), was["target"]]
        if "expected" in each or not (each["target"] in sources or each["source"] in targets):
            different.append({**each, "sources": sources, "targets": targets})
    return {**now, "different": different, "count": len(different)}


def _told(found: dict[str, Any]) -> dict[str, Any]:
    return {**found, "count": len(found["different"]), "different": found["different"][:SHOWN]}


def _name_orphans(session: Session) -> None:
    """A key whose order never came is a reject: somebody has to look at it."""
    bad = [
        Bad(ORDERS, f"{user}/{IDEMPOTENCY_PREFIX}{key}", f"placed_order_id: is {order}, which is not there", finger)
        for user, key, order, finger in session.run(PENDING)
    ]
    rejects.note(session, bad)
