"""How far the move is: one row, changed by whoever read it last."""

from collections.abc import Mapping
from typing import Any

import msgspec
from shared.postgres import Session

from migration.faults import Conflict, Refused

COLUMNS = (
    *("source", "target", "step", "weight", "hold_from", "hold_to", "back_office", "escrow", "capture", "exports"),
    *("details", "shifts", "version"),
)
TIMES = ("t0", "weighed_at", "updated_at")
CHANGEABLE = ("step", "weight", "hold_from", "hold_to", "back_office", "escrow", "details")
SHOWN = ", ".join(
    (*COLUMNS, *(f'to_char({name}, \'YYYY-MM-DD"T"HH24:MI:SS"Z"\') AS {name}' for name in TIMES)),
)
# Whoever writes rows holds the state as it is; whoever changes it waits for them.
READ = f"SELECT row_to_json(found)::text FROM (SELECT {SHOWN} FROM migration.state) AS found"  # noqa: S608
SHARE = "SELECT 1 FROM migration.state FOR SHARE"
TAKE = "SELECT 1 FROM migration.state FOR UPDATE"


class State(msgspec.Struct, frozen=True, kw_only=True):
    """Buckets below `weight` are the target's; those from `hold_from` up to `hold_to` write nothing."""

    source: str
    target: str
    step: str
    weight: int
    hold_from: int
    hold_to: int
    back_office: str
    escrow: bool
    capture: bool
    exports: dict[str, str]
    details: dict[str, Any]
    shifts: int
    version: int
    t0: str | None
    weighed_at: str
    updated_at: str


_decoder = msgspec.json.Decoder(State)


def read(session: Session) -> State:
    return _decoder.decode(session.run(READ)[0][0])


def held(session: Session) -> State:
    """The state, which stays so until the transaction ends."""
    session.run(SHARE)
    return read(session)


def taken(session: Session, version: int | None = None) -> State:
    """The state, for this transaction to change; Conflict when it is not of this version."""
    session.run(TAKE)
    found = read(session)
    if version is not None and found.version != version:
        raise Conflict(
            f"The move is at version {found.version}, not {version}: somebody else changed it. Read it again."
        )
    return found


def write(session: Session, changes: Mapping[str, Any]) -> State:
    """The new state; part of a transaction that has taken it."""
    if unknown := changes.keys() - {*CHANGEABLE, "source", "target", "exports", "capture", "t0"}:
        raise Refused(f"{', '.join(sorted(unknown))}: is not for anybody to set; {', '.join(CHANGEABLE)} are.")
    values = {name: _value(value) for name, value in changes.items()}
    kinds = {"exports": "::jsonb", "details": "::jsonb", "t0": "::timestamptz"}
    sets = [f"{name} = :{name}{kinds.get(name, '')}" for name in values]
    if "weight" in values:
        sets += ["weighed_at = clock_timestamp()", "shifts = shifts + 1"]
    session.run(
        f"UPDATE migration.state SET {', '.join([*sets, 'version = version + 1', 'updated_at = now()'])}",  # noqa: S608
        **values,
    )
    return read(session)


def _value(value: Any) -> Any:
    return msgspec.json.encode(value).decode() if isinstance(value, dict) else value
