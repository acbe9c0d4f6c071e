"""What a shift holds, it holds every write of: also those of requests that only read."""

import json
import re
from collections.abc import Callable
from typing import Any

from cloudshelf.local.edge.distribution import Passed
from cloudshelf.local.edge.viewer_function import ViewerFunction
from components import contract
from components.migration.router import AT_FIRST, SOURCE
from tests.local.test_router import request, token
from tests.migration.engine import goods
from tests.migration.engine.move import Move
from tests.migration.engine.sides import Side, Sides
from tests.migration.engine.test_shift import LATE, opened, shift

# What a path of the contract is asked with.
GIVEN = {"book_id": "no-such-book", "report": "sales", "order_id": "order-2026-11-20-owed"}


def reads() -> list[str]:
    """Paths of the operations that read, but for guests' sessions, which do not move."""
    found = [operation.path for operation in contract.operations() if operation.method == "get"]
    return sorted(
        path for path in found if "/sessions" not in path and not path.endswith((".json", "/meta", "/health"))
    )


def everything(move: Move) -> Any:
    source = {entity: move.items(entity) for entity in ("books", "users", "orders", "carts")}
    debts = move.target.run("SELECT order_id::text, task FROM outbox ORDER BY 1, 2")
    return json.dumps([source, move.rows(), debts], default=str, sort_keys=True)


def writing(move: Move, side: Side, owe: Callable[[], None]) -> set[str]:
    """Those of the paths at which reading changed something: of a newcomer, and of somebody who owes."""
    found = set()
    for path in reads():
        filled = re.sub(r"\{(\w+)\}", lambda name: GIVEN[name[1]], path)
        for user in ("newcomer", LATE):
            owe()
            before = everything(move)
            side.lambdas.call("GET", filled, user=user, groups="admin" if "/admin/" in path else "")
            if everything(move) != before:
                found.add(path)
    return found


def held() -> set[str]:
    """Those of the paths that wait while everybody's writes are held."""
    values = {**AT_FIRST, "hold_to": "100", "back_office": "held"}
    router = ViewerFunction("router", SOURCE.read_text(), lambda: values)
    found = set()
    for path in reads():
        filled = re.sub(r"\{(\w+)\}", lambda name: GIVEN[name[1]], path)
        answer = router(request("GET", f"/api/v1{filled}", f"Bearer {token(LATE)}"))
        if not isinstance(answer, Passed):
            found.add(path)
    router.close()
    return found


def test_reads_that_write_are_held_and_all_others_go_on(move: Move, sides: Sides) -> None:
    opened(move, sides)

    def owe_there() -> None:
        move.put("orders", *owed)

    def owe_here() -> None:
        move.target.run("UPDATE payments SET status = 'authorised' WHERE authorisation = 'sim_owed'")
        move.target.run(
            """INSERT INTO outbox (order_id, task, user_id) SELECT id, 'settle', user_id FROM orders
                WHERE order_id = :id ON CONFLICT DO NOTHING""",
            id=GIVEN["order_id"],
        )

    owed = goods.order(LATE, payment="authorised", key="owed", order_id=GIVEN["order_id"], authorisation="sim_owed")
    owe_there()
    found = writing(move, sides.source, owe_there)
    shift(move, 100)
    found |= writing(move, sides.target, owe_here)
    assert found == held()
