"""What phase 2 is watched with and copied to."""

from collections.abc import Mapping

import pulumi

from components.account import Account
from components.api_alarms import authorizer_alarms
from components.cart_store import CartStore
from components.database.alarms import database_alarms
from components.edge import Edge
from components.migration.migration import Migration
from components.operations.dashboards import Dashboards, DashboardsArgs
from components.operations.database_events import DatabaseEvents, DatabaseEventsArgs
from components.operations.insights import Insights, InsightsArgs
from components.security.audit import Audit, AuditArgs
from components.security.backups import Backups, BackupsArgs, backup_alarm
from components.security.firewall_alarms import firewall_alarm
from components.security.keys import Keys
from components.security.threat_detection import ThreatDetectionArgs, untold_alarm
from components.service_function import ServiceFunction
from phases import migration
from phases.phase2_database import Databases
from phases.shop import monitor
from settings import Settings, Singleton


def watch(
    settings: Settings,
    prefix: str,
    account: Account,
    keys: Keys,
    services: Mapping[str, ServiceFunction],
    authorizer: ServiceFunction,
    cart_store: CartStore,
    data: Databases,
    edge: Edge,
    move: Migration | None,
) -> pulumi.Output[str]:
    """Declares alarms, dashboards, audit and backups; answers with the topic that takes every alarm."""
    functions = {**services, "authorizer": authorizer}
    alarms = [
        *authorizer_alarms("authorizer", authorizer, edge.rest_api),
        *database_alarms(
            data.database.identifier,
            settings.database.instance_class,
            settings.database.storage,
            data.replica.identifier if data.replica else None,
        ),
        firewall_alarm(f"{prefix}-api", settings.region),
        backup_alarm(prefix),
        *([] if settings.audit.guard_duty is Singleton.SKIP else [untold_alarm(prefix)]),
        *migration.alarms(move),
    ]
    monitoring = monitor(
        settings, prefix, account, services, cart_store.tables, edge, more_alarms=alarms, key_arn=keys.logs
    )
    DatabaseEvents(
        "database-events",
        DatabaseEventsArgs(prefix=prefix, database=data.database, topic_arn=monitoring.topic_arn),
    )
    Dashboards(
        "dashboards",
        DashboardsArgs(
            prefix=prefix,
            region=settings.region,
            functions={name: f"{prefix}-{name}" for name in functions},
            tables={name: f"{prefix}-{name}" for name in cart_store.tables},
            api_name=prefix,
            stage_name=edge.rest_api.stage_path,
            database=prefix,
        ),
    )
    Insights(
        "insights",
        InsightsArgs(
            prefix=prefix,
            stage_name=edge.rest_api.stage_path,
            function_logs=[f"/aws/lambda/{prefix}-{name}" for name in functions],
            access_log=f"/aws/apigateway/{prefix}",
        ),
    )
    audit = Audit("audit", _audit(settings, prefix, account, keys, monitoring.topic_arn))
    audit.log_bucket.log_access("site", edge.site.bucket_name)
    if move:
        audit.log_bucket.log_access("exports", move.exports.bucket_name)
    Backups(
        "backups",
        BackupsArgs(
            prefix=prefix,
            key_arn=keys.data,
            account=account,
            arns=[cart_store.carts.arn, data.database.arn],
            protect=settings.protect_data,
        ),
    )
    return monitoring.topic_arn


def _audit(settings: Settings, prefix: str, account: Account, keys: Keys, topic_arn: pulumi.Input[str]) -> AuditArgs:
    audit = settings.audit
    threats = ThreatDetectionArgs(prefix=prefix, create=audit.guard_duty is Singleton.CREATE, topic_arn=topic_arn)
    return AuditArgs(
        prefix=prefix,
        account=account,
        keys=keys,
        trail=audit.cloud_trail is Singleton.CREATE,
        threats=None if audit.guard_duty is Singleton.SKIP else threats,
        analyzer=audit.access_analyzer is Singleton.CREATE,
        log_retention_days=audit.log_retention_days,
        protect=settings.protect_data,
    )
