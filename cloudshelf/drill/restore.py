"""Orders as they were at a moment, in PostgreSQL and in DynamoDB, and putting back what is missing."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from decimal import Decimal
from types import TracebackType
from typing import Any, Protocol

from cloudshelf.drill import harness
from cloudshelf.drill.harness import Stage, Witness
from cloudshelf.load import audit
from cloudshelf.local.postgres.recovery import Backup, RestoredServer

Orders = dict[str, tuple[Decimal, bool]]


class Copy(Protocol):
    """Steps in their order. `orders` are those of the copy: total, and whether it is cancelled, by id."""

    def take(self) -> None: ...
    def note_moment(self) -> None: ...
    def delete_orders(self) -> None: ...
    def restore(self) -> None: ...
    def orders(self) -> Orders: ...
    def put_back(self) -> None: ...


class DatabaseCopy:
    """What an order consists of is in TABLES, in the order their rows refer to each other."""

    TABLES = ("users", "orders", "order_items", "payments", "outbox")
    KEPT = "SELECT order_id, total_amount, status = 'cancelled' FROM orders"
    ROWS = "SELECT row_to_json(kept)::text FROM {table} AS kept"
    PUT_BACK = "INSERT INTO {table} SELECT * FROM json_populate_record(NULL::{table}, :row) ON CONFLICT DO NOTHING"

    def __init__(self, stage: Stage) -> None:
        self._database, self._folder = stage.database, stage.cloud.folder
        self._backup = Backup(self._database.server, self._folder / "snapshot")
        self._closing = ExitStack()

    def take(self) -> None:
        self._backup.take()

    def note_moment(self) -> None:
        ((self._moment,),) = harness.run(self._database, "SELECT clock_timestamp()::text")

    def delete_orders(self) -> None:
        harness.run(self._database, "DELETE FROM orders")

    def restore(self) -> None:
        self._backup.fetch_log()
        restored = RestoredServer(self._folder / "restored", self._backup, str(self._moment))
        self._restored = self._closing.enter_context(restored)

    def orders(self) -> Orders:
        rows = harness.run(self._database, self.KEPT, self._restored)
        return {order_id: (total, cancelled) for order_id, total, cancelled in rows}

    def put_back(self) -> None:
        """Rows the live database has are left as they are."""
        connection = self._database.server.connect(database=harness.name_of(self._database))
        try:
            connection.run("BEGIN")
            for table in self.TABLES:
                for (row,) in harness.run(self._database, self.ROWS.format(table=table), self._restored):
                    connection.run(self.PUT_BACK.format(table=table), row=row)
            connection.run("COMMIT")
        finally:
            connection.close()

    def __enter__(self) -> "DatabaseCopy":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.close()


class TableCopy:
    """moto restores what a backup has, so the moment is that of the backup; on AWS it is any second of 35 days."""

    def __init__(self, stage: Stage) -> None:
        self._dynamodb = stage.cloud.world.aws.client("dynamodb")
        self._table = f"{stage.prefix}-orders"
        self._restored = f"{self._table}-restored"

    def take(self) -> None:
        """Nothing: on AWS every change is kept from the moment the table is made."""

    def note_moment(self) -> None:
        made = self._dynamodb.create_backup(TableName=self._table, BackupName="moment")
        self._arn = made["BackupDetails"]["BackupArn"]

    def delete_orders(self) -> None:
        for item in self._items(self._table):
            key = {name: item[name] for name in ("user_id", "order_id")}
            self._dynamodb.delete_item(TableName=self._table, Key=key)

    def restore(self) -> None:
        self._dynamodb.restore_table_from_backup(TargetTableName=self._restored, BackupArn=self._arn)

    def orders(self) -> Orders:
        """A row of a key has no status; it is put back with the others, for a replay is known by it."""
        return {
            item["order_id"]["S"]: (Decimal(item["total"]["N"]), item["status"]["S"] == "cancelled")
            for item in self._items(self._restored)
            if "status" in item
        }

    def put_back(self) -> None:
        """Items the live table has are left as they are."""
        for item in self._items(self._restored):
            try:
                self._dynamodb.put_item(
                    TableName=self._table, Item=item, ConditionExpression="attribute_not_exists(order_id)"
                )
            except self._dynamodb.exceptions.ConditionalCheckFailedException:
                continue

    def _items(self, table: str) -> Iterator[Mapping[str, Any]]:
        for page in self._dynamodb.get_paginator("scan").paginate(TableName=table):
            yield from page["Items"]

    def __enter__(self) -> "TableCopy":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """moto forgets it all."""


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
