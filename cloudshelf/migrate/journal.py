"""How far the migration is, as the target's database keeps it."""

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cloudshelf.migrate.interfaces import Conflict, Refused, Steps

MOST = 100
# `loading` is the engine's: the exports are known.
NEW, PLANNED, LOADING, LOADED, SYNCED, VERIFIED = "new", "planned", "loading", "loaded", "synced", "verified"
SHIFTED, ROLLED_BACK, FINISHED = "shifted", "rolled back", "finished"


@dataclass(frozen=True, kw_only=True)
class State:
    """Of 100 buckets of shoppers the target owns those below `weight`; from `hold_from` up to `hold_to` nobody writes.

    `details` is the driver's own: `moving` while a range moves, `jobs` while exports run, `verified`.
    """

    source: str
    target: str
    step: str
    weight: int
    hold_from: int
    hold_to: int
    back_office: str
    escrow: bool
    exports: Mapping[str, str]
    details: Mapping[str, Any]
    version: int
    t0: str | None

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> "State":
        return cls(**{name: answer[name] for name in cls.__dataclass_fields__})

    @property
    def moving(self) -> Mapping[str, Any] | None:
        found: Mapping[str, Any] | None = self.details.get("moving")
        return found

    @property
    def begun(self) -> bool:
        """Whether it is known of when the rows are that are loaded."""
        return self.t0 is not None

    @property
    def held(self) -> bool:
        return self.hold_from < self.hold_to or self.back_office == "held"


class Journal:
    """Reads and changes the state. A change is refused when somebody else changed it since it was read."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps

    def read(self) -> State:
        return State.of(self._steps.invoke("state", {}))

    def change(self, state: State, **changes: Any) -> State:
        """The new state; Conflict when `state` is not the newest. One whose answer was lost is no conflict."""
        try:
            return State.of(self._steps.invoke("set_state", {"changes": changes, "version": state.version}))
        except Conflict:
            now = self.read()
            if now.version == state.version + 1 and all(getattr(now, name) == changes[name] for name in changes):
                return now
            raise

    def note(self, state: State, **details: Any) -> State:
        """The state with these details; None takes one away."""
        return self.change(state, details=with_details(state, **details))


def with_details(state: State, **details: Any) -> dict[str, Any]:
    merged = {**state.details, **details}
    return {name: value for name, value in merged.items() if value is not None}


def whoami() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


def refuse_if_busy(state: State, *, take_over: bool) -> None:
    """One terminal moves shoppers at a time; one whose process has ended moves nobody."""
    mover = str((state.moving or {}).get("by", ""))
    if not mover or mover == whoami() or take_over or _has_ended(mover):
        return
    raise Refused(
        f"{mover} moves shoppers at this moment. Wait for it, see `status`; if it is no more, add --take-over."
    )


def _has_ended(mover: str) -> bool:
    host, _, process = mover.rpartition(":")
    if host != socket.gethostname():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except (PermissionError, ValueError):
        return False
    return False
