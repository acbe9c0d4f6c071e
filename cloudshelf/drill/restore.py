"""Somebody deleted orders. A moment is restored beside the shop, compared, and what is missing is put back."""

from cloudshelf.drill.copies import Copy, DatabaseCopy, TableCopy
from cloudshelf.drill.stage import Stage
from cloudshelf.drill.witness import Witness
from cloudshelf.load import audit

STACKS = ("phase2", "enhanced", "phase1")
OVERRIDES: dict[str, str] = {}
ORDERS = 5


def run(stage: Stage) -> None:
    relational = bool(stage.cloud.world.databases.instances)
    copy: DatabaseCopy | TableCopy = DatabaseCopy(stage) if relational else TableCopy(stage)
    with copy:
        _restore(stage, copy)


def _restore(stage: Stage, copy: Copy) -> None:
    seen, more = Witness(), Witness()
    load = stage.send(seen)
    stage.step("shoppers buy; a snapshot is taken while they do")
    seen.wait_for_orders(ORDERS)
    copy.take()
    seen.wait_for_orders(2 * ORDERS)
    before = load.stop()
    copy.note_moment()
    mistake = stage.step("somebody deletes every order")
    copy.delete_orders()
    missing = audit(stage.cloud.url, before).lost
    stage.expect("shoppers miss their orders", len(missing) == len(before.sales), f"{len(missing)} are gone")
    later = stage.send(more)
    stage.step("the shop stays open: shoppers go on buying")
    more.wait_for_orders(ORDERS, since=mistake)
    stage.step("the moment before is restored, beside the shop")
    copy.restore()
    found = copy.orders()
    told = {sale.order_id: (sale.total, sale.cancelled) for sale in before.sales}
    stage.expect("the restored orders are those acknowledged before, each with its total and state", found == told,
                 f"{len(found)} restored, {len(told)} acknowledged")  # fmt: skip
    stage.step("what is missing is put back, beside what was bought since")
    copy.put_back()
    after = later.stop()
    stage.expect_nothing_lost(before, after)
    # Rows that go are nothing a metric counts: who misses an order says so, or the reports do.
    stage.expect_alarms([], silent=["api-errors", "orders-errors"])


def commands(stack: str) -> list[str]:
    name = f"cloudshelf-{stack}"
    if stack == "phase1":
        return [
            f"aws dynamodb restore-table-to-point-in-time --source-table-name {name}-orders "
            f"--target-table-name {name}-orders-restored --restore-date-time 2026-11-21T10:00:00Z",
            f"aws dynamodb wait table-exists --table-name {name}-orders-restored",
            "# compare, and put back what is missing, as docs/runbooks/restore.md says; then:",
            f"aws dynamodb delete-table --table-name {name}-orders-restored",
        ]
    return [
        f"aws rds describe-db-instances --db-instance-identifier {name} "
        "--query 'DBInstances[].[DBSubnetGroup.DBSubnetGroupName,VpcSecurityGroups[].VpcSecurityGroupId]'",
        f"aws rds restore-db-instance-to-point-in-time --source-db-instance-identifier {name} "
        f"--target-db-instance-identifier {name}-restored --restore-time 2026-11-21T10:00:00Z "
        "--db-subnet-group-name SUBNET_GROUP --vpc-security-group-ids SECURITY_GROUP --no-publicly-accessible "
        "--no-multi-az",
        f"aws rds wait db-instance-available --db-instance-identifier {name}-restored",
        "# compare, and put back what is missing, as docs/runbooks/restore.md says; then:",
        f"aws rds delete-db-instance --db-instance-identifier {name}-restored --skip-final-snapshot",
    ]
