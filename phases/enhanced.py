"""Enhanced: the bridge. Books, users and orders in PostgreSQL in the default VPC; carts and sessions in DynamoDB."""

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from components.account import Account
from components.cart_store import CartStore, CartStoreArgs, Layout
from components.database.alarms import database_alarms
from components.database.database import Database, DatabaseArgs
from components.database.hours import DatabaseHours, DatabaseHoursArgs
from components.database.schema import Schema, SchemaArgs
from components.edge import Edge, EdgeArgs
from components.identity import Identity, IdentityArgs
from components.monitoring import Monitoring, MonitoringArgs
from components.network.default_network import DefaultNetwork, DefaultNetworkArgs
from components.network.dynamodb_endpoint import DynamodbEndpoint, DynamodbEndpointArgs
from components.network.placement import Placement
from components.rest_api import RestApiArgs
from components.service_function import ServiceFunction
from phases.functions import Functions
from phases.relational import CAPABILITIES, SCHEMA_TIMEOUT_S, cart_grants, relational_variables, session_grants
from settings import GatewayEndpoint, Settings, Singleton

STORAGE_TYPE = "gp2"


def build(settings: Settings) -> Mapping[str, pulumi.Input[str]]:
    """Declares the stack and answers with its outputs."""
    prefix = f"cloudshelf-{settings.stack}"
    account = Account(id=aws.get_caller_identity_output().account_id, region=settings.region)
    network = DefaultNetwork("network", DefaultNetworkArgs(prefix=prefix, vpc_id=settings.network.vpc_id))
    placement = network.place("lambda", "Functions that use PostgreSQL")
    database = _database(settings, account, prefix, network)
    database.admit(placement.security_group)
    cart_store = CartStore(
        "cart-store",
        CartStoreArgs(
            prefix=prefix, layout=Layout.ITEMS, carts_expire=False, sessions=True, protect=settings.protect_data
        ),
    )
    endpoint = DynamodbEndpoint(
        "dynamodb",
        DynamodbEndpointArgs(
            region=settings.region,
            vpc_id=network.vpc_id,
            route_table_ids=[network.main_route_table_id],
            table_arns=[cart_store.carts.arn],
            account=account,
            create=settings.network.dynamodb_endpoint is GatewayEndpoint.CREATE,
        ),
    )
    endpoint.admit(placement.security_group)
    functions = Functions(
        settings=settings, account=account, prefix=prefix, variables=relational_variables(settings, cart_store)
    )
    _apply_schema(functions, database, network, placement)
    services = _services(settings, functions, database, cart_store, placement)
    if settings.database.hours:
        DatabaseHours(
            "hours",
            DatabaseHoursArgs(
                prefix=prefix,
                database=database,
                hours=settings.database.hours,
                time_zone=settings.database.time_zone,
                account=account,
            ),
        )
    identity = Identity("identity", IdentityArgs(prefix=prefix, protect=settings.protect_data))
    edge = Edge(
        "edge",
        EdgeArgs(
            prefix=prefix,
            region=settings.region,
            identity=identity,
            storefront_config={"phase": settings.phase, "currency": settings.currency},
            api=RestApiArgs(
                api_name=prefix,
                region=settings.region,
                services=services,
                capabilities=CAPABILITIES,
                user_pool_arn=identity.user_pool_arn,
                throttle_rate=settings.throttle_rate,
                throttle_burst=settings.throttle_burst,
                log_retention_days=settings.log_retention_days,
                logs=settings.api_gateway_log_role is not Singleton.SKIP,
                set_log_role=settings.api_gateway_log_role is Singleton.CREATE,
            ),
            protect=settings.protect_data,
        ),
    )
    monitoring = Monitoring(
        "monitoring",
        MonitoringArgs(
            prefix=prefix,
            account=account,
            alert_email=settings.alert_email,
            monthly_budget_usd=settings.monthly_budget_usd,
            functions=services,
            tables=cart_store.tables,
            rest_api=edge.rest_api,
            more_alarms=database_alarms(
                database.identifier, settings.database.instance_class, settings.database.storage
            ),
        ),
    )
    return {
        "url": edge.url,
        "apiUrl": edge.api_url,
        "userPoolId": identity.user_pool_id,
        "userPoolClientId": identity.client_id,
        "siteBucket": edge.site.bucket_name,
        "alarmTopic": monitoring.topic_arn,
        "database": database.identifier,
        **{f"{name}Table": table.table_name for name, table in cart_store.tables.items()},
    }


def _database(settings: Settings, account: Account, prefix: str, network: DefaultNetwork) -> Database:
    return Database(
        "database",
        DatabaseArgs(
            account=account,
            identifier=prefix,
            subnet_ids=network.subnet_ids,
            security_group=network.security_group("rds", "PostgreSQL"),
            instance_class=settings.database.instance_class,
            storage=settings.database.storage,
            most_storage=settings.database.most_storage,
            storage_type=STORAGE_TYPE,
            backup_days=settings.database.backup_days,
            multi_az=False,
            log_retention_days=settings.log_retention_days,
            protect=settings.protect_data,
        ),
    )


def _apply_schema(functions: Functions, database: Database, network: DefaultNetwork, placement: Placement) -> None:
    function = functions.make(
        "schema",
        [],
        [],
        more=database.address(),
        placement=placement,
        timeout=SCHEMA_TIMEOUT_S,
        serves_requests=False,
    )
    # Inside the VPC nothing leads to Secrets Manager: whoever deploys reads the password and hands it over.
    secret = aws.secretsmanager.get_secret_version_output(secret_id=database.master_secret_arn)
    Schema(
        "schema-files",
        SchemaArgs(
            database=database, network=network, function=function, credential={"credential": secret.secret_string}
        ),
    )


def _services(
    settings: Settings, functions: Functions, database: Database, cart_store: CartStore, placement: Placement
) -> Mapping[str, ServiceFunction]:
    def in_vpc(package: str, variables: list[str], *, uses_carts: bool) -> ServiceFunction:
        return functions.make(
            package,
            [*variables, *(["CARTS_TABLE_NAME", "CART_LAYOUT"] if uses_carts else [])],
            [database.connect(package), *(cart_grants(cart_store)[package] if uses_carts else [])],
            more=database.environment(package),
            placement=placement,
            concurrency=settings.function_concurrency,
        )

    books = in_vpc("books", ["PHASE", "CAPABILITIES", "CURRENCY", "TAX_RATE", "SHIPPING_FEE"], uses_carts=False)
    carts = functions.make(
        "carts",
        ["CARTS_TABLE_NAME", "CART_LAYOUT", "SESSIONS_TABLE_NAME", "SESSION_HOURS", "CAPABILITIES"],
        [*cart_grants(cart_store)["carts"], *session_grants(cart_store)["carts"], books.invoke()],
        more={"BOOKS_FUNCTION_NAME": books.function_name},
    )
    sessions = functions.make(
        "sessions",
        [
            "SESSIONS_TABLE_NAME",
            "CARTS_TABLE_NAME",
            "CART_LAYOUT",
            "SESSION_HOURS",
            "SESSION_MOST_HOURS",
            "CAPABILITIES",
        ],
        [*session_grants(cart_store)["sessions"], *cart_grants(cart_store)["sessions"]],
    )
    return {
        "books": books,
        "carts": carts,
        "sessions": sessions,
        "users": in_vpc("users", [], uses_carts=True),
        "orders": in_vpc("orders", ["CURRENCY", "TAX_RATE", "SHIPPING_FEE"], uses_carts=True),
        "admin": in_vpc("admin", ["CAPABILITIES"], uses_carts=False),
    }
