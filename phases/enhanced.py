"""Enhanced: the bridge. Books, users and orders in PostgreSQL in the default VPC; carts and sessions in DynamoDB."""

from collections.abc import Mapping
from dataclasses import replace

import pulumi
import pulumi_aws as aws

from components.account import Account
from components.cart_store import CartStore, CartStoreArgs, Layout
from components.database.alarms import database_alarms
from components.database.database import WINDOWS, Database
from components.database.hours import DatabaseHours, DatabaseHoursArgs, windows
from components.database.schema import Schema, SchemaArgs
from components.grant import Grant
from components.migration.migration import Migration
from components.migration.source import Source
from components.network.default_network import DefaultNetwork, DefaultNetworkArgs
from components.network.dynamodb_endpoint import DynamodbEndpoint, DynamodbEndpointArgs
from components.network.placement import Placement
from components.service_function import ServiceFunction
from phases import migration
from phases.functions import Functions
from phases.relational import (
    CAPABILITIES,
    SCHEMA_TIMEOUT_S,
    VARIABLES,
    cart_grants,
    database_args,
    relational_variables,
    schema_function,
    session_grants,
)
from phases.shop import api_args, monitor, open_edge, outputs, sign_in
from settings import GatewayEndpoint, Settings

STORAGE_TYPE = "gp2"


def build(settings: Settings) -> Mapping[str, pulumi.Input[str]]:
    """Declares the stack and answers with its outputs."""
    prefix = f"cloudshelf-{settings.stack}"
    account = Account(id=aws.get_caller_identity_output().account_id, region=settings.region)
    network = DefaultNetwork("network", DefaultNetworkArgs(prefix=prefix, vpc_id=settings.network.vpc_id))
    placement = network.place("lambda", "Functions that use PostgreSQL")
    group = network.security_group("rds", "PostgreSQL")
    hours = settings.database.hours
    database = Database(
        "database",
        replace(
            database_args(settings, account, prefix, network.subnet_ids, group, storage_type=STORAGE_TYPE),
            windows=windows(hours, settings.database.time_zone) if hours else WINDOWS,
        ),
    )
    database.admit(placement.security_group)
    cart_store = CartStore(
        "cart-store",
        CartStoreArgs(
            prefix=prefix,
            layout=Layout.ITEMS,
            carts_expire=False,
            sessions=True,
            streamed=settings.migration.leaving,
            protect=settings.protect_data,
        ),
    )
    moved = migration.source(settings)
    endpoint = DynamodbEndpoint(
        "dynamodb",
        DynamodbEndpointArgs(
            vpc_id=network.vpc_id,
            route_table_ids=[network.main_route_table_id],
            table_arns=[cart_store.carts.arn],
            moved_arns=migration.moved_arns(moved, cart_store),
            account=account,
            create=settings.network.dynamodb_endpoint is GatewayEndpoint.CREATE,
            shared=True,
        ),
    )
    endpoint.admit(placement.security_group)
    functions = Functions(
        settings=settings, account=account, prefix=prefix, variables=relational_variables(settings, cart_store)
    )
    schema = _schema(functions, network, database, placement)
    services = _services(settings, functions, database, cart_store, placement)
    move = _move_in(settings, functions, network, database, schema, cart_store, endpoint, moved) if moved else None
    if hours:
        DatabaseHours(
            "hours",
            DatabaseHoursArgs(
                prefix=prefix,
                database=database,
                hours=hours,
                time_zone=settings.database.time_zone,
                account=account,
            ),
        )
    identity = sign_in(settings, prefix)
    edge = open_edge(settings, prefix, identity, api_args(settings, prefix, services, identity, CAPABILITIES))
    alarms = [
        *database_alarms(database.identifier, settings.database.instance_class, settings.database.storage),
        *migration.alarms(move),
    ]
    monitoring = monitor(settings, prefix, account, services, cart_store.tables, edge, more_alarms=alarms)
    return {
        **outputs(edge, identity, monitoring.topic_arn, cart_store.tables),
        "database": database.identifier,
        **migration.outputs(move),
    }


def _schema(functions: Functions, network: DefaultNetwork, database: Database, placement: Placement) -> Schema:
    """Inside the VPC nothing leads to Secrets Manager: a function outside reads the password and hands it over."""
    applying = schema_function(functions, database, placement)
    rollout = functions.make(
        "rollout",
        [],
        [Grant(actions=["secretsmanager:GetSecretValue"], resources=[database.master_secret_arn]), applying.invoke()],
        more={"SCHEMA_FUNCTION_NAME": applying.function_name},
        timeout=SCHEMA_TIMEOUT_S,
        serves_requests=False,
    )
    credential = {"secret_arn": database.master_secret_arn}
    args = SchemaArgs(database=database, after=[network, applying], function=rollout, credential=credential)
    return Schema("schema-files", args)


def _move_in(
    settings: Settings,
    functions: Functions,
    network: DefaultNetwork,
    database: Database,
    schema: Schema,
    cart_store: CartStore,
    dynamodb: DynamodbEndpoint,
    source: Source,
) -> Migration:
    return migration.move_in(
        migration.MoveArgs(
            functions=functions,
            source=source,
            placement=network.place("migration", "The function that moves a shop in"),
            vpc_id=network.vpc_id,
            route_table_ids=[network.main_route_table_id],
            shared_vpc=True,
            load_log_days=settings.log_retention_days,
            create_s3_endpoint=settings.network.s3_endpoint is GatewayEndpoint.CREATE,
            dynamodb=dynamodb,
            database=database,
            schema=schema,
            cart_store=cart_store,
        )
    )


def _services(
    settings: Settings, functions: Functions, database: Database, cart_store: CartStore, placement: Placement
) -> Mapping[str, ServiceFunction]:
    def in_vpc(package: str) -> ServiceFunction:
        return functions.make(
            package,
            VARIABLES[package],
            [database.connect(package), *cart_grants(cart_store).get(package, ())],
            more=database.environment(package),
            placement=placement,
            concurrency=settings.function_concurrency,
        )

    books = in_vpc("books")
    carts = functions.make(
        "carts",
        VARIABLES["carts"],
        [*cart_grants(cart_store)["carts"], *session_grants(cart_store)["carts"], books.invoke()],
        more={"BOOKS_FUNCTION_NAME": books.function_name},
    )
    sessions = functions.make(
        "sessions",
        VARIABLES["sessions"],
        [*session_grants(cart_store)["sessions"], *cart_grants(cart_store)["sessions"]],
    )
    return {
        "books": books,
        "carts": carts,
        "sessions": sessions,
        "users": in_vpc("users"),
        "orders": in_vpc("orders"),
        "admin": in_vpc("admin"),
    }
