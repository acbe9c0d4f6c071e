"""What every phase has before its functions and beside them. What is a phase's own, it adds."""

from collections.abc import Mapping, Sequence, Set
from typing import TYPE_CHECKING

import pulumi

from components.account import Account
from components.alarms import Alarm
from components.edge import Edge, EdgeArgs
from components.identity import Identity, IdentityArgs, SignIn
from components.migration.adopted_identity import AdoptedIdentity, AdoptedIdentityArgs
from components.migration.router import RouterArgs
from components.monitoring import Monitoring, MonitoringArgs
from components.rest_api import RestApiArgs
from components.service_function import ServiceFunction
from components.table import Table
from settings import Settings, Singleton

if TYPE_CHECKING:
    from components.delivery.production import ProductionArgs


def sign_in(settings: Settings, prefix: str) -> SignIn:
    """The stack's own user pool, or another stack's."""
    if other := settings.migration.accounts_from:
        return AdoptedIdentity("identity", AdoptedIdentityArgs(prefix=f"cloudshelf-{other}", region=settings.region))
    return Identity("identity", IdentityArgs(prefix=prefix, protect=settings.protect_data))


def api_args(
    settings: Settings,
    prefix: str,
    services: Mapping[str, ServiceFunction],
    identity: SignIn,
    capabilities: Set[str] = frozenset(),
) -> RestApiArgs:
    return RestApiArgs(
        api_name=prefix,
        region=settings.region,
        services=services,
        capabilities=capabilities,
        user_pool_arn=identity.user_pool_arn,
        throttle_rate=settings.throttle_rate,
        throttle_burst=settings.throttle_burst,
        log_retention_days=settings.log_retention_days,
        logs=settings.api_gateway_log_role is not Singleton.SKIP,
        set_log_role=settings.api_gateway_log_role is Singleton.CREATE,
    )


def open_edge(
    settings: Settings, prefix: str, identity: SignIn, api: RestApiArgs, production: "ProductionArgs | None" = None
) -> Edge:
    target = settings.migration.target_host
    return Edge(
        "edge",
        EdgeArgs(
            prefix=prefix,
            region=settings.region,
            identity=identity,
            storefront_config={"phase": settings.phase, "currency": settings.currency},
            api=api,
            production=production,
            router=RouterArgs(prefix=prefix, target_host=target) if target else None,
            protect=settings.protect_data,
        ),
    )


def monitor(
    settings: Settings,
    prefix: str,
    account: Account,
    functions: Mapping[str, ServiceFunction],
    tables: Mapping[str, Table],
    edge: Edge,
    *,
    more_alarms: Sequence[Alarm] = (),
    key_arn: pulumi.Input[str] | None = None,
) -> Monitoring:
    return Monitoring(
        "monitoring",
        MonitoringArgs(
            prefix=prefix,
            account=account,
            alert_email=settings.alert_email,
            monthly_budget_usd=settings.monthly_budget_usd,
            account_concurrency=settings.account_concurrency,
            functions=functions,
            tables=tables,
            rest_api=edge.rest_api,
            more_alarms=more_alarms,
            key_arn=key_arn,
        ),
    )


def outputs(
    edge: Edge, identity: SignIn, alarm_topic_arn: pulumi.Input[str], tables: Mapping[str, Table]
) -> Mapping[str, pulumi.Input[str]]:
    """What a stack tells of itself, whatever its phase."""
    return {
        "url": edge.url,
        "apiUrl": edge.api_url,
        "userPoolId": identity.user_pool_id,
        "userPoolClientId": identity.client_id,
        "siteBucket": edge.site.bucket_name,
        "alarmTopic": alarm_topic_arn,
        **({"routerStore": edge.router.store_arn} if edge.router else {}),
        **{f"{name}Table": table.table_name for name, table in tables.items()},
    }
