"""shift: shoppers from one side to the other, a range of buckets at a time, with nobody writing on both.

Whatever interrupts it, the same command again goes on: the hold and where it leads are in the state before anything is
done, and each part may be done twice.
"""

from cloudshelf.migrate.journal import FINISHED, MOST, ROLLED_BACK, SHIFTED, State, refuse_if_busy, whoami, with_details
from cloudshelf.migrate.ports import Refused
from cloudshelf.migrate.syncing import drain, rebalance, replay
from cloudshelf.migrate.tools import Tools

HELD, OPEN = "held", "open"


def shift(tools: Tools, weight: int, *, take_over: bool = False) -> State:
    """The target owns the buckets below `weight` afterwards."""
    state = tools.journal.read()
    refuse_if_busy(state, take_over=take_over)
    if state.step == FINISHED:
        raise Refused("The migration is finished.")
    if not state.details.get("loaded"):
        raise Refused(f"The migration is at step {state.step}. Before anybody is moved: export, load and sync it.")
    if state.moving is None and state.weight == weight:
        tools.router.put(_open(weight))
        tools.told.say(f"The target has {weight} % of the shoppers already.")
        return state
    return move(tools, state, weight)


def move(tools: Tools, state: State, weight: int) -> State:
    """Holds the writes of those who change sides, brings both sides up to date, hands over, lets them write again."""
    tools.told.say(f"Moving shoppers: {state.weight} % to {weight} % on {tools.target}")
    state = _hold(tools, state, weight)
    drain(tools)
    replay(tools, carts=weight < state.weight)
    if state.weight != weight:
        state = tools.journal.change(state, weight=weight, escrow=True)
    copies = rebalance(tools)
    tools.router.put({"weight": str(weight)})
    tools.router.spread()
    tools.router.put(_open(weight))
    state = tools.journal.change(
        state,
        step=SHIFTED if weight else ROLLED_BACK,
        hold_from=0,
        hold_to=0,
        back_office=_back_office(weight),
        details=with_details(state, moving=None),
    )
    tools.told.say(f"{tools.target} has {weight} % of the shoppers; {copies:,} copies changed sides")
    return state


def _hold(tools: Tools, state: State, weight: int) -> State:
    """Those an unfinished move holds stay held."""
    bounds = [state.weight, weight] + ([state.hold_from, state.hold_to] if state.hold_from < state.hold_to else [])
    first, last = min(bounds), max(bounds)
    moving = {"from": state.weight, "to": weight, "by": whoami()}
    state = tools.journal.change(
        state,
        hold_from=first,
        hold_to=last,
        back_office=HELD,
        details=with_details(state, moving=moving, verified=None),
    )
    tools.router.put({"hold_from": str(first), "hold_to": str(last), "back_office": HELD})
    tools.router.settle()
    return state


def _open(weight: int) -> dict[str, str]:
    return {"weight": str(weight), "hold_from": "0", "hold_to": "0", "back_office": _back_office(weight)}


def _back_office(weight: int) -> str:
    """Between the sides nobody could say which of them has the truth about a book."""
    return OPEN if weight in (0, MOST) else HELD
