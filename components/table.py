"""A DynamoDB table on demand: keys, indexes, recovery, and verbs that grant access to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from components.grant import Grant


@dataclass(frozen=True, kw_only=True)
class Index:
    """A global secondary index over all attributes. Keys are strings."""

    name: str
    hash_key: str
    range_key: str | None = None

    @property
    def keys(self) -> list[str]:
        return [self.hash_key] + ([self.range_key] if self.range_key else [])


@dataclass(frozen=True, kw_only=True)
class TableArgs:
    """`protect` keeps the table when the stack is destroyed. `ttl_attribute` holds Unix seconds.

    `restorable` False leaves out point-in-time recovery. `key_arn` None encrypts with AWS's own key.
    `replicas` are regions that hold a copy each, with the KMS key there, None for AWS's own. `streamed` tells each
    change to whoever reads the table's stream.
    """

    table_name: str
    hash_key: str
    range_key: str | None = None
    indexes: Sequence[Index] = ()
    ttl_attribute: str | None = None
    restorable: bool = True
    key_arn: pulumi.Input[str] | None = None
    replicas: Mapping[str, pulumi.Input[str] | None] = field(default_factory=dict)
    streamed: bool = False
    protect: bool


class Table(pulumi.ComponentResource):
    """Access is granted action by action: `allow` for the table itself, `query` for one of its indexes."""

    table_name: pulumi.Output[str]
    arn: pulumi.Output[str]

    def __init__(self, name: str, args: TableArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudshelf:data:Table", name, None, opts)
        self._indexes = {index.name for index in args.indexes}
        table = aws.dynamodb.Table(
            f"{name}-table",
            name=args.table_name,
            billing_mode="PAY_PER_REQUEST",
            hash_key=args.hash_key,
            range_key=args.range_key,
            attributes=[{"name": key, "type": "S"} for key in _keys(args)],
            global_secondary_indexes=[_index(index) for index in args.indexes] or None,
            ttl={"attribute_name": args.ttl_attribute, "enabled": True} if args.ttl_attribute else None,
            point_in_time_recovery={"enabled": args.restorable},
            server_side_encryption={"enabled": True, "kms_key_arn": args.key_arn} if args.key_arn else None,
            # Replicas are fed from the table's stream.
            stream_enabled=True if args.replicas or args.streamed else None,
            stream_view_type="NEW_AND_OLD_IMAGES" if args.replicas or args.streamed else None,
            replicas=[_replica(args, region, key) for region, key in args.replicas.items()] or None,
            deletion_protection_enabled=args.protect,
            opts=pulumi.ResourceOptions(parent=self, protect=args.protect),
        )
        self.table_name, self.arn = table.name, table.arn
        self.register_outputs({"table_name": self.table_name, "arn": self.arn})

    def allow(self, *actions: str) -> Grant:
        """`GetItem`, `PutItem` ... on the table, not its indexes. Transactions need the actions they are made of."""
        return Grant(actions=[f"dynamodb:{action}" for action in actions], resources=[self.arn])

    def query(self, *indexes: str) -> Grant:
        """`Query` on the named indexes."""
        if unknown := set(indexes) - self._indexes:
            raise ValueError(f"no index {', '.join(sorted(unknown))}; there is {', '.join(sorted(self._indexes))}")
        arns = [pulumi.Output.concat(self.arn, "/index/", index) for index in indexes]
        return Grant(actions=["dynamodb:Query"], resources=arns)


def _keys(args: TableArgs) -> list[str]:
    """Every key attribute once: DynamoDB refuses attributes that are no key."""
    own = [args.hash_key] + ([args.range_key] if args.range_key else [])
    return list(dict.fromkeys(own + [key for index in args.indexes for key in index.keys]))


def _replica(args: TableArgs, region: str, key_arn: pulumi.Input[str] | None) -> aws.dynamodb.TableReplicaArgsDict:
    replica: aws.dynamodb.TableReplicaArgsDict = {
        "region_name": region,
        "point_in_time_recovery": args.restorable,
        "propagate_tags": True,
    }
    return {**replica, "kms_key_arn": key_arn} if key_arn else replica


def _index(index: Index) -> aws.dynamodb.TableGlobalSecondaryIndexArgsDict:
    kinds = zip(index.keys, ("HASH", "RANGE"), strict=False)
    return {
        "name": index.name,
        "projection_type": "ALL",
        "key_schemas": [{"attribute_name": key, "key_type": kind} for key, kind in kinds],
    }
