"""A shop on its way from another stack into this one: what follows its changes, loads its exports and raises alarms."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.account import Account
from components.alarms import Alarm
from components.database.schema import Schema
from components.migration.alarms import migration_alarms
from components.migration.dead_letters import DeadLetters
from components.migration.exports import Exports
from components.migration.following import Following, FollowingArgs
from components.migration.loading import Loading, LoadingArgs
from components.migration.source import Source
from components.service_function import ServiceFunction

BATCH, WINDOW_S = 100, 1
# What cannot be handed over is tried for six hours, and the rest of its batch without it.
# A stream keeps its records so long: none is too old, where following begins at the oldest.
MOST_AGE_S = 24 * 60 * 60


@dataclass(frozen=True, kw_only=True)
class MigrationArgs:
    """`function` moves rows either way, once the `schema` is there.

    It may read the source's streams and write dead letters. `has_database` is a source whose books, users and orders
    are in one.
    """

    prefix: str
    account: Account
    source: Source
    schema: Schema
    function: ServiceFunction
    exports: Exports
    dead_letters: DeadLetters
    has_database: bool
    log_retention_days: int
    log_key_arn: pulumi.Input[str] | None = None
    traced: bool = False


class Migration(pulumi.ComponentResource):
    """`alarms` are for the stack's topic."""

    exports: Exports
    alarms: Sequence[Alarm]
    machine_arn: pulumi.Output[str]

    def __init__(self, name: str, args: MigrationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudshelf:migration:Migration", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.exports = args.exports
        for entity, table in args.source.tables.items():
            aws.lambda_.EventSourceMapping(
                f"{name}-{entity}-changes",
                event_source_arn=table.stream_arn,
                function_name=args.function.function_name,
                starting_position="TRIM_HORIZON",
                batch_size=BATCH,
                maximum_batching_window_in_seconds=WINDOW_S,
                maximum_record_age_in_seconds=MOST_AGE_S,
                bisect_batch_on_function_error=True,
                function_response_types=["ReportBatchItemFailures"],
                destination_config={"on_failure": {"destination_arn": args.dead_letters.arn}},
                opts=pulumi.ResourceOptions(parent=self, depends_on=[args.schema]),
            )
        if args.has_database:
            following = FollowingArgs(
                prefix=args.prefix, account=args.account, function=args.function, schema=args.schema
            )
            Following("following", following, child)
        loading = Loading(
            "loading",
            LoadingArgs(
                account=args.account,
                machine_name=f"{args.prefix}-load",
                function=args.function,
                exports=args.exports,
                log_retention_days=args.log_retention_days,
                log_key_arn=args.log_key_arn,
                traced=args.traced,
            ),
            child,
        )
        self.machine_arn = loading.arn
        self.alarms = migration_alarms(args.function.function_name, args.dead_letters.queue_name, loading.arn)
        self.register_outputs({"machine_arn": self.machine_arn})
