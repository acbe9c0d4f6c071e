"""Phase 2: production. A network of its own, PostgreSQL in two zones, keys of its own, firewalls, audit, alarms."""

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from components.account import Account
from components.cart_store import CartStore, CartStoreArgs, Layout
from components.migration.migration import Migration
from components.migration.peering import Peering, PeeringArgs
from components.migration.source import Source
from components.migration.source_database import SourceDatabase, SourceDatabaseArgs
from components.network.dynamodb_endpoint import DynamodbEndpoint, DynamodbEndpointArgs
from components.network.flow_logs import FlowLogs, FlowLogsArgs
from components.network.network import Network, NetworkArgs
from components.network.placement import Placement
from components.security.keys import Keys, KeysArgs
from phases import migration
from phases.functions import Functions
from phases.phase2_database import Databases, databases
from phases.phase2_edge import api, production
from phases.phase2_functions import services
from phases.phase2_operations import watch
from phases.relational import relational_variables
from phases.shop import open_edge, outputs, sign_in
from settings import Phase, Settings


def build(settings: Settings) -> Mapping[str, pulumi.Input[str]]:
    """Declares the stack and answers with its outputs."""
    prefix = f"cloudshelf-{settings.stack}"
    account = Account(id=aws.get_caller_identity_output().account_id, region=settings.region)
    keys = Keys(
        "keys",
        KeysArgs(
            prefix=prefix,
            account=account,
            data_regions=settings.cart_replica_regions,
            protect=settings.protect_data,
        ),
    )
    network = _network(settings, prefix, keys, account)
    cart_store = CartStore(
        "cart-store",
        CartStoreArgs(
            prefix=prefix,
            layout=Layout.ITEMS,
            carts_expire=True,
            sessions=True,
            key_arn=keys.data,
            replicas=keys.data_twins,
            protect=settings.protect_data,
        ),
    )
    moved = migration.source(settings)
    dynamodb = DynamodbEndpoint(
        "dynamodb",
        DynamodbEndpointArgs(
            vpc_id=network.vpc_id,
            route_table_ids=network.private_route_table_ids,
            table_arns=[table.arn for table in cart_store.tables.values()],
            moved_arns=migration.moved_arns(moved, cart_store),
            account=account,
        ),
    )
    functions = Functions(
        settings=settings,
        account=account,
        prefix=prefix,
        variables=relational_variables(settings, cart_store),
        keys=keys,
        traced=True,
    )
    data: Databases = databases(settings, prefix, network, keys, functions)
    identity = sign_in(settings, prefix)
    shop, authorizer = services(functions, network, dynamodb, data.access, cart_store, keys, identity)
    api_of_phase2 = api(settings, prefix, shop, authorizer, identity, keys)
    edge = open_edge(settings, prefix, identity, api_of_phase2, production(settings, prefix, keys))
    move = _move_in(functions, network, data, cart_store, dynamodb, moved) if moved else None
    topic_arn = watch(settings, prefix, account, keys, shop, authorizer, cart_store, data, edge, move)
    return {
        **outputs(edge, identity, topic_arn, cart_store.tables),
        # At the shop's own address CloudFront puts the storefront's key in place of a partner's.
        **({"partnersUrl": edge.rest_api.url} if settings.edge.partners else {}),
        "database": data.database.identifier,
        "vpcId": network.vpc_id,
        **migration.outputs(move),
    }


def _move_in(
    functions: Functions,
    network: Network,
    data: Databases,
    cart_store: CartStore,
    dynamodb: DynamodbEndpoint,
    source: Source,
) -> Migration:
    placement = network.place("migration", "The function that moves a shop in")
    return migration.move_in(
        migration.MoveArgs(
            functions=functions,
            source=source,
            placement=placement,
            source_database=_source_database(functions, network, placement),
            vpc_id=network.vpc_id,
            route_table_ids=network.private_route_table_ids,
            shared_vpc=False,
            load_log_days=functions.settings.audit.log_retention_days,
            dynamodb=dynamodb,
            database=data.database,
            schema=data.schema,
            cart_store=cart_store,
        )
    )


def _source_database(functions: Functions, network: Network, placement: Placement) -> SourceDatabase | None:
    """The database of a source that has one, and the way there."""
    moved = functions.settings.migration
    if moved.source_phase is not Phase.ENHANCED:
        return None
    args = SourceDatabaseArgs(account=functions.account, identifier=f"cloudshelf-{moved.source}")
    database = SourceDatabase("source-database", args)
    peering = Peering(
        "peering",
        PeeringArgs(
            prefix=functions.prefix,
            vpc_id=network.vpc_id,
            route_table_ids=network.private_route_table_ids,
            acl_id=network.private_acl_id,
            cidr=network.private_cidr,
            database=database,
        ),
    )
    peering.admit(placement.security_group)
    return database


def _network(settings: Settings, prefix: str, keys: Keys, account: Account) -> Network:
    network = Network(
        "network",
        NetworkArgs(
            prefix=prefix,
            region=settings.region,
            cidr=settings.network.cidr,
            nat_gateways=settings.network.nat_gateways,
            interface_endpoints=settings.network.interface_endpoints,
        ),
    )
    FlowLogs(
        "flow-logs",
        FlowLogsArgs(
            prefix=prefix,
            vpc_id=network.vpc_id,
            account=account,
            key_arn=keys.logs,
            retention_days=settings.audit.log_retention_days,
        ),
    )
    return network
