"""sync and replay: what changed on one side since, brought to the other."""

from dataclasses import dataclass
from typing import Any

from cloudshelf.migrate.context import Tools, until_done
from cloudshelf.migrate.journal import LOADED, SYNCED

FOLLOW_S = 10.0


@dataclass(frozen=True, kw_only=True)
class Lag:
    """How far the other side is behind: in seconds, and what waits in each direction.

    `marks` are those of the source's streams that have not come back.
    """

    seconds: float
    marks: int
    forward: int
    reverse: int

    def as_dict(self) -> dict[str, Any]:
        return {"seconds": self.seconds, "forward": self.forward, "reverse": self.reverse}

    def as_line(self) -> str:
        return f"Behind by {self.seconds:.1f} s, {self.reverse:,} changes to go back"


def lag(tools: Tools, *, mark: bool = False) -> Lag:
    """`mark` asks for marks in the source's streams, by which `forward` tells of all that was written before now."""
    told = tools.steps.invoke("lag", {"mark": True} if mark else {})
    return Lag(
        seconds=float(told["seconds"]),
        marks=int(told["marks_waiting"]),
        forward=int(told["forward_waiting"]),
        reverse=int(told["reverse_waiting"]),
    )


def drain(tools: Tools) -> None:
    """Until all that the source had before now is on the target. Streams bring it; a database is asked."""
    now = lag(tools, mark=True)
    if not tools.streams:
        for _ in until_done(tools.steps, "sync"):
            pass
    most = now.marks
    with tools.told.bar("sync", most) as bar:
        while now.marks:
            tools.pause(tools.poll_s)
            now = lag(tools)
            most = max(most, now.marks)
            bar.reach(most - now.marks, most)


def replay(tools: Tools, *, carts: bool = False) -> int:
    """Until all that the target had before now is on the source; how many rows were written there.

    `carts` brings those of the target's shoppers, too, all of them: no trigger tells of a cart.
    """
    applied = 0
    with tools.told.bar("replay", 0) as bar:
        for answer in until_done(tools.steps, "replay", **({"carts": True} if carts else {})):
            applied += int(answer["applied"])
            bar.reach(applied, applied + int(answer["left"]))
    return applied


def refresh(tools: Tools, entity: str) -> None:
    """The target's rows as the source has them now, while all shoppers are there."""
    with tools.told.bar(f"refresh {entity}", 0) as bar:
        for answer in until_done(tools.steps, "refresh", entity=entity):
            bar.add(int(answer["written"]) + int(answer["same"]))


def rebalance(tools: Tools) -> int:
    """Until each side has the copies of its share; how many copies moved."""
    moved = 0
    with tools.told.bar("copies", 0) as bar:
        for answer in until_done(tools.steps, "rebalance"):
            moved += int(answer["moved"])
            bar.reach(moved, moved + int(answer["in_transit"]))
    return moved


LOOKS = 20


def count_copies(tools: Tools) -> int:
    """How many copies of a book there are in all, found out while the back office rests; of how many it is not known.

    It is when two looks, with all brought over in between, see the same. What sells at every moment is left to verify.
    """
    unknown = 1
    for _ in range(LOOKS):
        unknown = int(tools.steps.invoke("copies", {})["unknown"])
        if not unknown:
            break
        drain(tools)
        replay(tools)
    return unknown


def sync(tools: Tools) -> Lag:
    """Both directions once, to the end."""
    drain(tools)
    replay(tools)
    state = tools.journal.read()
    if state.step == LOADED:
        tools.journal.change(state, step=SYNCED)
    return lag(tools)


def keep_up(tools: Tools) -> None:
    """Until interrupted: both directions, and copies to where they sell."""
    while True:
        if not tools.streams:
            for _ in until_done(tools.steps, "sync"):
                pass
        replay(tools)
        rebalance(tools)
        now = lag(tools)
        tools.told.say(now.as_line())
        tools.pause(FOLLOW_S)
