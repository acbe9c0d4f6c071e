"""The tables of the stack a shop moves away from: looked up, read whole, followed, and written to on the way back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.document_store import BOOK_ID_INDEX
from components.grant import Grant

READ = ("BatchGetItem", "DescribeTable", "Scan")
# What brings a change of the new side back to the old one, by entity.
WRITE: Mapping[str, Sequence[str]] = {
    "books": ("BatchWriteItem", "DeleteItem", "GetItem", "PutItem", "UpdateItem"),
    "users": ("BatchWriteItem",),
    "orders": ("BatchWriteItem", "PutItem"),
    "carts": ("BatchWriteItem", "DeleteItem", "GetItem", "PutItem"),
}
# Carts as items are read and written one by one.
ITEM_CARTS = ("BatchWriteItem", "DeleteItem", "PutItem", "Query", "Scan")
FOLLOW = ("DescribeStream", "GetRecords", "GetShardIterator")


class NoStream(Exception):
    """The other stack does not tell what changes."""


@dataclass(frozen=True, kw_only=True)
class SourceTable:
    """`as_items` are carts of a phase that has an item for each book."""

    entity: str
    as_items: bool
    table_name: pulumi.Output[str]
    arn: pulumi.Output[str]
    stream_arn: pulumi.Output[str]

    def move(self) -> Sequence[Grant]:
        """Reading all of it, and writing what is to go back."""
        needed = {*ITEM_CARTS} if self.as_items else {*READ, *WRITE[self.entity]}
        actions = [f"dynamodb:{action}" for action in sorted(needed)]
        table = Grant(actions=actions, resources=[self.arn])
        if self.entity != "books":
            return [table]
        index = pulumi.Output.concat(self.arn, "/index/", BOOK_ID_INDEX)
        return [table, Grant(actions=["dynamodb:Query"], resources=[index])]

    def follow(self) -> Sequence[Grant]:
        """Reading its stream, which Lambda does as the function."""
        return [
            Grant(actions=[f"dynamodb:{action}" for action in FOLLOW], resources=[self.stream_arn]),
            Grant(actions=["dynamodb:ListStreams"], resources=[pulumi.Output.concat(self.arn, "/stream/*")]),
        ]


@dataclass(frozen=True, kw_only=True)
class SourceArgs:
    """`prefix` begins the other stack's physical names; `entities` are those it has in DynamoDB."""

    prefix: str
    entities: Sequence[str]
    as_items: bool = False


class Source(pulumi.ComponentResource):
    """Nothing of the other stack is changed here."""

    tables: Mapping[str, SourceTable]

    def __init__(self, name: str, args: SourceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudshelf:migration:Source", name, None, opts)
        self.tables = {entity: self._table(args, entity) for entity in args.entities}
        self.register_outputs({})

    @property
    def arns(self) -> list[pulumi.Output[str]]:
        return [table.arn for table in self.tables.values()]

    def grants(self) -> Sequence[Grant]:
        return [grant for table in self.tables.values() for grant in (*table.move(), *table.follow())]

    def environment(self) -> Mapping[str, pulumi.Input[str]]:
        """What the function is told of them."""
        return {f"SOURCE_{entity.upper()}_TABLE_NAME": table.table_name for entity, table in self.tables.items()}

    def _table(self, args: SourceArgs, entity: str) -> SourceTable:
        table_name = f"{args.prefix}-{entity}"
        found = aws.dynamodb.get_table_output(name=table_name, opts=pulumi.InvokeOptions(parent=self))
        return SourceTable(
            entity=entity,
            as_items=args.as_items,
            table_name=found.name,
            arn=found.arn,
            stream_arn=found.stream_arn.apply(lambda arn: _told(arn, table_name)),
        )


def _told(stream_arn: str, table_name: str) -> str:
    if not stream_arn:
        raise NoStream(
            f"{table_name} tells nobody of its changes. In its own stack: "
            "pulumi config set cloudshelf:migrateTo prepare, then pulumi up"
        )
    return stream_arn
