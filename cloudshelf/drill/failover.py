"""The database dies and comes back while shoppers buy."""

from cloudshelf.drill.harness import Stage, Witness
from cloudshelf.load import Event

STACKS = ("phase2", "enhanced")
OVERRIDES: dict[str, str] = {}
ORDERS, REFUSALS = 5, 10


def run(stage: Stage) -> None:
    seen = Witness()
    load = stage.send(seen)
    stage.step("shoppers buy")
    seen.wait_for_orders(ORDERS)
    down = stage.step("the database's machine dies: sessions break off, nothing is flushed")
    stage.database.server.crash()
    seen.wait("503", REFUSALS, lambda event: event.status == 503, since=down)
    up = stage.step("another one takes over on the same data, at the same address")
    stage.database.server.resume()
    stage.expect_orders("orders go on by themselves, nobody restarts anything", seen, ORDERS, since=up)
    outcome = load.stop()
    outage = seen.between(down, up)
    stage.expect_answers("while it is away, shoppers are told 503, or have what needs no database",
                         outage, _as_promised)  # fmt: skip
    stage.expect_nothing_lost(outcome)
    stage.expect_alarms(["api-errors"], silent=["orders-errors", "carts-errors"])


def _as_promised(event: Event) -> bool:
    return (event.status < 500 and event.status != 0) or (event.status, event.code) == (503, "unavailable")


def commands(stack: str) -> list[str]:
    name = f"cloudshelf-{stack}"
    reboot = (
        f"aws rds reboot-db-instance --db-instance-identifier {name}"
        + (" --force-failover" if stack == "phase2" else "")
    )  # fmt: skip
    return [
        reboot,
        f"aws rds wait db-instance-available --db-instance-identifier {name}",
        f"aws rds describe-events --source-type db-instance --source-identifier {name} --duration 60",
        f"aws cloudwatch describe-alarms --alarm-names {name}-api-errors --query 'MetricAlarms[].StateValue'",
    ]
