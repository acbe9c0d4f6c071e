"""The steps of a move, by their names."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

import msgspec
from shared.postgres import Session

from migration import finishing, marks, rejects, shifting, state
from migration.buckets import BUCKETS
from migration.deadline import Deadline
from migration.engine import Engine
from migration.faults import Refused
from migration.following import Follower
from migration.planning import plan as planned
from migration.postgres_source import PostgresSource
from migration.row import ENTITIES
from migration.shifting import CAPTURE, Debt
from migration.state import State
from migration.transfers import CLOSED

Event = Mapping[str, Any]
Answer = dict[str, Any]
Step = Callable[[Engine, Event, Deadline], Answer]
# Of each table plan looks at so many rows unless told otherwise.
EXAMINED = 1_000_000
RELATIONS = "relations"
WAITING = "SELECT count(*), coalesce(extract(epoch FROM now() - min(at)), 0) FROM migration.changes"
COUNT_CHANGES = "SELECT count(*) FROM migration.changes"
FILES = """SELECT file, entity, lines, keys, written, same, rejected, expired, others, done FROM migration.checkpoints
    ORDER BY file"""
FORGET_FILES = "DELETE FROM migration.checkpoints"


def records(engine: Engine, event: Event) -> Answer:
    return engine.records.apply(event, follower(engine).carts if isinstance(engine.source, PostgresSource) else None)


def plan(engine: Engine, event: Event, deadline: Deadline) -> Answer:
    if not isinstance(engine.source, PostgresSource):
        return planned(engine.source, int(event.get("most", EXAMINED)), deadline)
    unmapped = engine.source.unmapped()
    entities = {entity: {"rows": engine.source.count(entity)} for entity in ENTITIES}
    return {"entities": entities, "unmapped": unmapped, "expected_rejects": [], "rejects": 0, "ready": not unmapped}


def sync(engine: Engine, _: Event, deadline: Deadline) -> Answer:
    """Drains what a source in PostgreSQL noted."""
    return follower(engine).sync(deadline)


def begin(engine: Engine, event: Event, _: Deadline) -> Answer:
    """Other exports than before are read from their beginning."""
    exports = dict(event.get("exports", {}))
    if unknown := exports.keys() - set(ENTITIES):
        raise Refused(f"{', '.join(sorted(unknown))}: is nothing that is moved; {', '.join(ENTITIES)} are.")

    def work(session: Session) -> State:
        now = state.taken(session)
        if now.weight:
            raise Refused("Shoppers are on the target already. Take the weight back to 0 first.")
        if exports != now.exports:
            session.run(FORGET_FILES)
        given = {name: event[name] for name in ("source", "target", "t0") if name in event}
        step = "loading" if exports else "begun"
        return state.write(session, {**given, "exports": exports, "step": step})

    if isinstance(engine.source, PostgresSource):
        # From now on every change there is known of, before the first row is read.
        engine.source.database.run(CAPTURE, wanted=True, stock=True)
    return shown(engine.target.transaction(work))


def files(engine: Engine, _event: Event, _deadline: Deadline) -> Answer:
    if isinstance(engine.source, PostgresSource):
        parts = [part for entity in ENTITIES for part in engine.source.parts(entity)]
        return {"files": [msgspec.to_builtins(part) for part in parts]}
    exports = _state(engine).exports
    found = [file for entity in ENTITIES if entity in exports for file in engine.exports.files(entity, exports[entity])]
    return {"files": [msgspec.to_builtins(file) for file in found]}


def load(engine: Engine, event: Event, deadline: Deadline) -> Answer:
    return asdict(engine.loader.load(str(event["entity"]), str(event["key"]), deadline))


def progress(engine: Engine, _event: Event, _deadline: Deadline) -> Answer:
    """Of each file that was begun, how far it is. Its `lines` are written, same, rejected, expired or of others that do
    not move; `keys` of them are idempotency rows."""
    names = ("key", "entity", "lines", "keys", "written", "same", "rejected", "expired", "others", "done")
    return {"files": [dict(zip(names, row, strict=True)) for row in engine.target.run(FILES)]}


def retry(engine: Engine, event: Event, _: Deadline) -> Answer:
    outcome = engine.records.retry(str(event["entity"]), int(event.get("most", 1000)))
    return {"written": outcome.written, "same": outcome.same, "rejected": len(outcome.bad)}


def lag(engine: Engine, event: Event, _: Deadline) -> Answer:
    """With `mark` new marks are put into the source, and waited for from then on.

    `forward_waiting` are marks that have not come back, and changes that a database has noted.
    """
    if event.get("mark"):
        written = engine.target.transaction(lambda session: marks.note(session, list(engine.marked)))
        marks.put(engine.marked, written)
    waiting, seconds = engine.target.transaction(marks.waiting)
    marked = waiting
    if isinstance(engine.source, PostgresSource):
        ((noted, age),) = engine.source.database.run(WAITING)
        waiting, seconds = waiting + noted, max(seconds, float(age))
    reverse = engine.target.run(COUNT_CHANGES)[0][0]
    return {
        "seconds": round(seconds, 3),
        "marks_waiting": marked,
        "forward_waiting": waiting,
        "reverse_waiting": reverse,
    }


def verify(engine: Engine, event: Event, deadline: Deadline) -> Answer:
    """With `suspects`, or `before`, what an answer of before told, and only as far as it still is so."""
    entity = str(event["entity"])
    if entity == RELATIONS:
        shift = engine.verifier.shift()
        found = engine.relations.verify(event.get("before"))
        engine.verifier.record(RELATIONS, 0, 1, shift, 1, found["differences"])
        return found
    slice_, of = int(event.get("slice", 0)), int(event.get("of", 1))
    if "suspects" in event:
        return engine.verifier.verify_again(entity, slice_, of, event["suspects"], event["counted"])
    return engine.verifier.verify(entity, slice_, of, event.get("after") or {}, deadline)


def read_state(engine: Engine, _event: Event, _deadline: Deadline) -> Answer:
    def work(session: Session) -> Answer:
        every, unsigned = rejects.counts(session)
        return {**shown(state.read(session)), "rejects": every, "unsigned": unsigned}

    return engine.target.transaction(work)


def list_rejects(engine: Engine, event: Event, _: Deadline) -> Answer:
    """A page of them; `after` is where the next one begins, or nothing at the end."""
    rows = engine.target.transaction(lambda session: rejects.listed(session, event.get("after") or ()))
    last = [rows[-1]["entity"], rows[-1]["key"]] if len(rows) == rejects.PAGE else None
    return {"rejects": rows, "after": last}


def sign(engine: Engine, event: Event, _: Deadline) -> Answer:
    by, keys = str(event.get("by") or "").strip(), event.get("keys")
    if not by:
        raise Refused("by: is missing. Say who answers for what is left behind.")

    def work(session: Session) -> Answer:
        rejects.sign(session, by, None if keys == "all" else list(keys or ()))
        every, unsigned = rejects.counts(session)
        return {"rejects": every, "unsigned": unsigned}

    return engine.target.transaction(work)


def testers(engine: Engine, event: Event, _: Deadline) -> Answer:
    """Who may buy on the target before they are moved there: `add` and `remove` are user ids."""
    return {"testers": engine.testers.change(list(event.get("add") or ()), list(event.get("remove") or ()))}


def set_state(engine: Engine, event: Event, _: Deadline) -> Answer:
    """Changes of what may be changed, all or none; with `version` only of a state that is still that."""
    changes, version = dict(event["changes"]), event.get("version")
    noted: list[Debt] = []
    if "weight" in changes and isinstance(engine.source, PostgresSource):
        noted = engine.source.database.transaction(shifting.debts)
    answer = shown(engine.target.transaction(lambda session: shifting.change(session, changes, version, noted)))
    if not answer["escrow"]:
        engine.rebalancer.forget(CLOSED)
    return answer


def replay(engine: Engine, event: Event, deadline: Deadline) -> Answer:
    """What changed in the target, into the source; with `carts` the carts of the target's shoppers, too."""
    replayer = engine.replayer
    answer = replayer.replay(deadline)
    if not event.get("carts") or not answer["done"]:
        return answer
    carts = replayer.replay_carts(event.get("after"), deadline)
    return {**answer, **carts, "done": carts["after"] is None}


def copies(engine: Engine, _event: Event, _deadline: Deadline) -> Answer:
    return engine.relations.note_copies()


def withhold(engine: Engine, event: Event, _: Deadline) -> Answer:
    """On both sides, debts of the shoppers in buckets from `first` up to `last` wait for them."""
    buckets = range(int(event["first"]), int(event["last"]))
    databases = [engine.target]
    if isinstance(engine.source, PostgresSource):
        databases.append(engine.source.database)
    for database in databases:
        database.transaction(lambda session: shifting.withhold_debts(session, buckets))
    return {}


def rebalance(engine: Engine, _: Event, deadline: Deadline) -> Answer:
    """Copies, and a source's debts, to where their shoppers are."""
    if isinstance(engine.source, PostgresSource):
        weight = _state(engine).weight
        engine.source.database.transaction(lambda session: shifting.keep_debts(session, range(weight, BUCKETS)))
    return engine.rebalancer.rebalance(deadline)


def refresh(engine: Engine, event: Event, deadline: Deadline) -> Answer:
    """Rows of the source as they are now, while all shoppers are there; `after` is where to go on."""
    return engine.records.refresh(str(event["entity"]), event.get("after"), deadline)


def end_capture(engine: Engine, event: Event, _: Deadline) -> Answer:
    """With `source` the source's own changes are noted no more, either: the move is given up."""
    answer = shown(engine.target.transaction(shifting.end_capture))
    if event.get("source"):
        _forget_source(engine)
    return answer


def finish(engine: Engine, _event: Event, _deadline: Deadline) -> Answer:
    """The mover takes what it left in the source's tables with it."""
    answer = shown(engine.target.transaction(finishing.finish))
    _forget_source(engine)
    marks.delete(engine.marked)
    engine.rebalancer.forget(CLOSED)
    return answer


def shown(now: State) -> Answer:
    found: Answer = msgspec.to_builtins(now)
    return found


def follower(engine: Engine) -> Follower:
    if not isinstance(engine.source, PostgresSource):
        raise Refused("The source's changes come by its streams.")
    return Follower(engine.records, engine.source, engine.carts, engine.currency)


def _forget_source(engine: Engine) -> None:
    if isinstance(engine.source, PostgresSource):
        engine.source.database.run(CAPTURE, wanted=False, stock=False)
        engine.source.database.run("DELETE FROM migration.changes")


def _state(engine: Engine) -> State:
    return engine.target.transaction(state.read)


STEPS: Mapping[str, Step] = {
    "plan": plan,
    "begin": begin,
    "files": files,
    "load": load,
    "sync": sync,
    "progress": progress,
    "retry": retry,
    "lag": lag,
    "verify": verify,
    "state": read_state,
    "rejects": list_rejects,
    "sign": sign,
    "testers": testers,
    "set_state": set_state,
    "replay": replay,
    "withhold": withhold,
    "rebalance": rebalance,
    "copies": copies,
    "refresh": refresh,
    "end_capture": end_capture,
    "finish": finish,
}
