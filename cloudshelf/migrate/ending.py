"""rollback: all shoppers and copies on the source again. finish: the migration is over."""

from cloudshelf.migrate.journal import FINISHED, MOST, ROLLED_BACK, State, refuse_if_busy, with_details
from cloudshelf.migrate.moving import move
from cloudshelf.migrate.ports import Refused
from cloudshelf.migrate.syncing import drain, lag, refresh, replay
from cloudshelf.migrate.tools import Tools
from cloudshelf.migrate.verifying import Verdict, verify

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
