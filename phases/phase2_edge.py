"""Phase 2's API and edge: keys, authorizer, cache, firewalls, a host name of its own."""

from collections.abc import Mapping
from dataclasses import replace

from components.delivery.domain import DomainArgs
from components.delivery.production import ProductionArgs
from components.identity import SignIn
from components.rest_api import KeySettings, RestApiArgs
from components.security.keys import Keys
from components.service_function import ServiceFunction
from phases.relational import CAPABILITIES
from phases.shop import api_args
from settings import Settings


def api(
    settings: Settings,
    prefix: str,
    services: Mapping[str, ServiceFunction],
    authorizer: ServiceFunction,
    identity: SignIn,
    keys: Keys,
) -> RestApiArgs:
    return replace(
        api_args(settings, prefix, services, identity, CAPABILITIES),
        authorizer=authorizer,
        keys=KeySettings(
            partners=settings.edge.partners,
            partner_requests_per_month=settings.edge.partner_requests_per_month,
        ),
        log_key_arn=keys.logs,
        traced=True,
        cache_gb=settings.edge.api_cache_gb,
        canary_percent=settings.edge.canary_percent,
    )


def production(settings: Settings, prefix: str, keys: Keys) -> ProductionArgs:
    edge = settings.edge
    return ProductionArgs(
        prefix=prefix,
        keys=keys,
        domain=DomainArgs(host=edge.domain_name, zone_id=edge.hosted_zone_id) if edge.domain_name else None,
        countries=edge.allowed_countries,
        realtime_logs=edge.realtime_logs,
        rate_limit=edge.waf_rate_limit,
        log_retention_days=settings.audit.log_retention_days,
        behind_another=bool(settings.migration.source),
    )
