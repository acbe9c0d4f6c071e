"""The end of a move: nothing is left behind that nobody knows of, and the source is needed no more."""

from shared.postgres import Session

from migration import copies, rejects, shifting, state
from migration.faults import Refused
from migration.row import BOOKS, ORDERS, USERS
from migration.state import State

MUST_BE_SAME = (BOOKS, USERS, ORDERS, "relations")
VERIFIED = """SELECT entity, count(*) = max(slices), sum(differences), min(shift) = (SELECT shifts FROM migration.state)
    FROM migration.verifications GROUP BY entity"""
OPEN = "SELECT count(*) FROM migration.transfers WHERE state IN ('planned', 'taken')"


def finish(session: Session) -> State:
    """Part of a transaction. Refused, with all that is in the way."""
    now = state.taken(session)
    if now.step == "finished":
        return now
    if found := list(_in_the_way(session, now)):
        raise Refused(" ".join(found))
    shifting.end_capture(session)
    copies.forget(session)
    return state.write(session, {"step": "finished"})


def _in_the_way(session: Session, now: State) -> list[str]:
    found = []
    if now.weight != 100:
        found.append(f"The target has {now.weight} % of the shoppers, not all.")
    if unsigned := rejects.counts(session)[1]:
        found.append(f"{unsigned} rejects are signed by nobody.")
    if session.run(OPEN)[0][0]:
        found.append("Copies are on their way: rebalance.")
    verified = {entity: rest for entity, *rest in session.run(VERIFIED)}
    for entity in MUST_BE_SAME:
        whole, differences, is_new = verified.get(entity, (False, 0, False))
        if not whole or not is_new:
            found.append(f"The {entity} were not verified since the last shift.")
        elif differences:
            found.append(f"The {entity} have {differences} differences.")
    return found
