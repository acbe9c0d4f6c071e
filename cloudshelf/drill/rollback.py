"""A bad version of a function is put in place under load, and taken back."""

import shutil
from pathlib import Path

from cloudshelf.drill.harness import Stage, Witness
from cloudshelf.load import Event

STACKS = ("phase1", "enhanced", "phase2")
OVERRIDES: dict[str, str] = {}
ORDERS, FAILURES = 5, 8
SERVICE = "orders"
# The worst kind of fault: the order is placed, and the answer that says so never leaves.
GOOD = 'count("OrdersAnswered")'
BAD = 'raise SystemExit("a bad release")'
OF_SERVICE = frozenset({"quoteCheckout", "createOrder", "listOrders", "getOrder", "cancelOrder"})


class NothingToBreak(ValueError):
    """The drill does not find the line it breaks; the text says where."""


def run(stage: Stage) -> None:
    function = stage.function(SERVICE)
    good = function.config.task_root
    seen = Witness()
    load = stage.send(seen)
    stage.step("shoppers buy")
    seen.wait_for_orders(ORDERS)
    bad = stage.step("a release of orders goes out that dies after it has placed an order")
    function.replace_code(_broken(good, stage.cloud.folder / "bad-release"))
    seen.wait("502", FAILURES, lambda event: event.status == 502, since=bad)
    back = stage.step("the version before is put back")
    function.replace_code(good)
    stage.expect_orders("orders go on, those placed by the bad version among them", seen, ORDERS, since=back)
    outcome = load.stop()
    wrong = seen.between(bad, back)
    stage.expect_answers("meanwhile only checkout fails, with 502", wrong, _as_expected)
    stage.expect_nothing_lost(outcome)
    stage.expect_alarms([f"{SERVICE}-errors", "api-errors"], silent=["books-errors", "carts-errors"])


def _as_expected(event: Event) -> bool:
    return 0 < event.status < 500 or (event.operation in OF_SERVICE and event.status in (502, 503))


def _broken(good: Path, folder: Path) -> Path:
    shutil.copytree(good, folder)
    handler = folder / SERVICE / "handler.py"
    text = handler.read_text()
    if text.count(GOOD) != 1:
        raise NothingToBreak(f"{SERVICE}/handler.py has no line {GOOD} any more: give the drill another to break")
    handler.write_text(text.replace(GOOD, BAD))
    return folder


def commands(stack: str) -> list[str]:
    name = f"cloudshelf-{stack}"
    return [
        f"aws cloudwatch describe-alarms --alarm-name-prefix {name}- --state-value ALARM",
        f"aws logs tail /aws/lambda/{name}-{SERVICE} --since 15m --filter-pattern '{{ $.level = \"ERROR\" }}'",
        "git log --oneline -- functions schema",
        f"git worktree add ../cloudshelf-before GOOD_COMMIT && cd ../cloudshelf-before && pulumi up -s {stack}",
        f"aws lambda get-function-configuration --function-name {name}-{SERVICE} --query '[LastModified,CodeSha256]'",
    ]
