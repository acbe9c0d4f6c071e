"""What enhanced and phase2 have while a shop moves into them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from components.alarms import Alarm
from components.cart_store import CartStore, Layout
from components.database.database import Database
from components.database.schema import Schema
from components.grant import Grant
from components.migration.dead_letters import DeadLetters, DeadLettersArgs
from components.migration.exports import Exports, ExportsArgs
from components.migration.migration import Migration, MigrationArgs
from components.migration.source import Source, SourceArgs
from components.migration.source_database import SourceDatabase
from components.network.dynamodb_endpoint import DynamodbEndpoint
from components.network.placement import Placement
from components.network.s3_endpoint import S3Endpoint, S3EndpointArgs
from components.service_function import ServiceFunction
from phases.functions import Functions
from settings import Phase, Settings

PACKAGE = "migration"
ENTITIES: Mapping[Phase, Sequence[str]] = {
    Phase.PHASE1: ("books", "users", "orders", "carts"),
    # The rest is in PostgreSQL.
    Phase.ENHANCED: ("carts",),
}
# Lambda's own limit; a step that takes longer is called again.
TIMEOUT_S = 900
# From here on a function has a whole processor: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
MEMORY_MB = 1769


@dataclass(frozen=True, kw_only=True)
class MoveArgs:
    """`placement` is the function's, `route_table_ids` are those of its subnets. `shared_vpc` has others in it.

    `source_database` is of a source that has one; a way leads there.
    """

    functions: Functions
    source: Source
    placement: Placement
    vpc_id: pulumi.Input[str]
    route_table_ids: Sequence[pulumi.Input[str]]
    shared_vpc: bool
    load_log_days: int
    create_s3_endpoint: bool = True
    dynamodb: DynamodbEndpoint
    source_database: SourceDatabase | None = None
    database: Database
    schema: Schema
    cart_store: CartStore


def source(settings: Settings) -> Source | None:
    """The stack this one takes a shop over from, if it does."""
    migration = settings.migration
    if migration.source_phase is None:
        return None
    phase = migration.source_phase
    args = SourceArgs(
        prefix=f"cloudshelf-{migration.source}", entities=ENTITIES[phase], as_items=phase is not Phase.PHASE1
    )
    return Source("source", args)


def move_in(args: MoveArgs) -> Migration:
    functions, keys = args.functions, args.functions.keys
    protect = functions.settings.protect_data
    exports = Exports("exports", ExportsArgs(key_arn=keys.data if keys else None, protect=protect))
    dead_letters = DeadLetters("untold", DeadLettersArgs(queue_name=f"{functions.prefix}-untold-changes"))
    s3 = S3Endpoint(
        "s3",
        S3EndpointArgs(
            vpc_id=args.vpc_id,
            route_table_ids=args.route_table_ids,
            bucket_arn=exports.arn,
            account=functions.account,
            shared=args.shared_vpc,
            create=args.create_s3_endpoint,
        ),
    )
    group = args.placement.security_group
    s3.admit(group)
    args.dynamodb.admit(group)
    args.database.admit(group)
    return Migration(
        "migration",
        MigrationArgs(
            prefix=functions.prefix,
            account=functions.account,
            source=args.source,
            schema=args.schema,
            function=_function(args, exports, dead_letters),
            exports=exports,
            dead_letters=dead_letters,
            has_database=args.source_database is not None,
            log_retention_days=args.load_log_days,
            log_key_arn=keys.logs if keys else None,
            traced=functions.traced,
        ),
    )


def _function(args: MoveArgs, exports: Exports, dead_letters: DeadLetters) -> ServiceFunction:
    keys = args.functions.keys
    source = args.source_database
    other_database: list[Grant] = [source.connect(PACKAGE)] if source else []
    under_keys: list[Grant] = [keys.use_data_through("dynamodb"), keys.read_data_through("s3")] if keys else []
    return args.functions.make(
        PACKAGE,
        ["CARTS_TABLE_NAME", "CURRENCY"],
        [
            # Not through a proxy: rows are staged in temporary tables, which pin a connection.
            args.database.connect(PACKAGE),
            args.cart_store.carts.allow("DeleteItem", "PutItem", "Query", "Scan"),
            *args.source.grants(),
            exports.list(),
            exports.read(),
            dead_letters.send(),
            *other_database,
            *under_keys,
        ],
        more={
            **args.database.environment(PACKAGE),
            **args.source.environment(),
            **({**source.environment(PACKAGE), "SOURCE_CART_LAYOUT": Layout.ITEMS.value} if source else {}),
            "EXPORT_BUCKET_NAME": exports.bucket_name,
        },
        placement=args.placement,
        timeout=TIMEOUT_S,
        memory_size=MEMORY_MB,
        serves_requests=False,
    )


def moved_arns(source: Source | None, cart_store: CartStore) -> list[pulumi.Output[str]]:
    """The tables a move reads whole."""
    return [cart_store.carts.arn, *source.arns] if source else []


def alarms(migration: Migration | None) -> Sequence[Alarm]:
    return migration.alarms if migration else []


def outputs(migration: Migration | None) -> Mapping[str, pulumi.Input[str]]:
    if migration is None:
        return {}
    return {"exportBucket": migration.exports.bucket_name, "loadStateMachine": migration.machine_arn}
