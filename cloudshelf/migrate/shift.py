"""Shifting shoppers between the shops, and finishing a move."""

from cloudshelf.migrate.context import Tools
from cloudshelf.migrate.interfaces import Refused
from cloudshelf.migrate.journal import FINISHED, MOST, ROLLED_BACK, SHIFTED, State, refuse_if_busy, whoami, with_details
from cloudshelf.migrate.syncing import count_copies, drain, lag, rebalance, refresh, replay
from cloudshelf.migrate.verifying import Verdict, verify

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
    tools.router.put({**_open(weight), "back_office": HELD})
    if weight:
        count_copies(tools)
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
    tools.steps.invoke("withhold", {"first": first, "last": last})
    tools.router.settle()
    return state


def _open(weight: int) -> dict[str, str]:
    return {"weight": str(weight), "hold_from": "0", "hold_to": "0", "back_office": _back_office(weight)}


def _back_office(weight: int) -> str:
    """Between the sides nobody could say which of them has the truth about a book."""
    return OPEN if weight in (0, MOST) else HELD


TRIES = 20


def rollback(tools: Tools, *, take_over: bool = False) -> Verdict | None:
    """Everybody buys at the source again, which has every order of the target. None when nothing was ever loaded."""
    state = tools.journal.read()
    refuse_if_busy(state, take_over=take_over)
    if state.step == FINISHED:
        raise Refused("The migration is finished: what shoppers wrote since is no longer kept for the way back.")
    if state.weight or state.held or state.moving:
        state = move(tools, state, 0)
    if state.escrow:
        state = tools.journal.change(state, escrow=False, details=with_details(state, stale=True))
    if state.details.get("stale"):
        # In escrow the target's copies were its own; now they are a picture of the source's again.
        refresh(tools, "books")
        replay(tools)
        tools.steps.invoke("end_capture", {})
        state = tools.journal.note(tools.journal.read(), stale=None)
    state = tools.journal.change(state, step=ROLLED_BACK)
    if not state.details.get("loaded"):
        tools.told.say(f"All shoppers are on {tools.source}; nothing had been moved.")
        return None
    tools.told.say(f"All shoppers are on {tools.source}. Comparing both sides.")
    return verify(tools)


def finish(tools: Tools) -> State:
    """Refused while a shopper is on the source, something differs, or a reject has nobody's signature."""
    state = tools.journal.read()
    if state.step == FINISHED:
        tools.told.say("The migration is finished already.")
        return state
    if state.weight != MOST or state.held:
        raise Refused(f"{tools.target} has {state.weight} % of the shoppers. Move all of them: shift {MOST}.")
    verified = state.details.get("verified") or {}
    if not verified or verified["differences"]:
        raise Refused("Nobody has compared the sides since, or they differ. Do it with `verify`.")
    drain(tools)
    for attempt in range(TRIES):
        replay(tools)
        try:
            tools.steps.invoke("finish", {})
        except Refused:
            # Shoppers go on: what one of them wrote since the replay is in the way.
            if attempt == TRIES - 1 or not lag(tools).reverse:
                raise
        else:
            break
    return tools.journal.read()
