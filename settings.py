"""Stack configuration, read once and checked before any resource is declared."""

import ipaddress
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from pathlib import Path
from zoneinfo import available_timezones

from pulumi.runtime import config as runtime_config

from config_reader import Reader, SettingError

# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
LOG_RETENTION_DAYS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288)
# https://docs.aws.amazon.com/apigateway/latest/api/API_CreateStage.html: cacheClusterSize
CACHE_SIZES_GB = r"|0\.5|1\.6|6\.1|13\.5|28\.4|58\.2|118|237"
REGION = r"[a-z]{2}(-[a-z]+)+-\d"
STACK = r"[a-z][a-z0-9-]{0,19}"
# A port is only a local stack's: CloudFront takes none in an origin's name.
TARGET = r"|prepare|https://([a-z0-9-]{1,63}\.)+[a-z]{2,63}|https://127\.0\.0\.1:\d{1,5}"
LEAST_PRODUCTION_BACKUP_DAYS = 14
LEAST_DATABASE_HOURS = 4


AUTHORITIES = Path(__file__).parent / "functions" / "shared" / "rds_ca.pem"


class Phase(StrEnum):
    """What a stack can be. Each is one file under phases/."""

    PHASE1 = "phase1"
    ENHANCED = "enhanced"
    PHASE2 = "phase2"


class Singleton(StrEnum):
    """What to do about a resource that AWS has once for each account and region."""

    CREATE = "create"
    REUSE = "reuse"
    SKIP = "skip"


class GatewayEndpoint(StrEnum):
    """What to do about an endpoint of DynamoDB or S3, of which a route table can have one each."""

    CREATE = "create"
    REUSE = "reuse"


@dataclass(frozen=True, kw_only=True)
class DatabaseSettings:
    """Storage in GiB; `most_storage` 0 never grows. `hours` empty runs the database always."""

    instance_class: str
    storage: int
    most_storage: int
    backup_days: int
    multi_az: bool
    hours: str
    time_zone: str
    proxy: bool
    read_replica: bool


@dataclass(frozen=True, kw_only=True)
class NetworkSettings:
    """`vpc_id` is enhanced's, empty for the default VPC, as are the gateway endpoints; the others are phase2's."""

    vpc_id: str
    dynamodb_endpoint: GatewayEndpoint
    s3_endpoint: GatewayEndpoint
    cidr: ipaddress.IPv4Network
    nat_gateways: int
    interface_endpoints: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class EdgeSettings:
    """Phase2's edge. Empty texts, empty lists and 0 leave the part out.

    `waf_rate_limit` is requests from one address in five minutes; `canary_percent` of requests go to a stage's canary.
    """

    domain_name: str
    hosted_zone_id: str
    allowed_countries: tuple[str, ...]
    realtime_logs: bool
    waf_rate_limit: int
    api_cache_gb: str
    canary_percent: int
    partners: tuple[str, ...]
    partner_requests_per_month: int


@dataclass(frozen=True, kw_only=True)
class AuditSettings:
    """Phase2's account-wide watchers, and how long their logs stay."""

    log_retention_days: int
    cloud_trail: Singleton
    guard_duty: Singleton
    access_analyzer: Singleton


@dataclass(frozen=True, kw_only=True)
class MigrationSettings:
    """`source` is the stack this one takes a shop over from, `source_phase` what it is; None and empty for no move.

    `target_host` is where a shop that moves away goes to; `leaving` also before that is known. `accounts_from` is the
    stack whose user pool this one uses, empty for its own.
    """

    source: str
    source_phase: Phase | None
    accounts_from: str
    leaving: bool
    target_host: str


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything a phase may be told. Money in the shop's currency, but the budget, which AWS counts in US dollars."""

    stack: str
    phase: Phase
    region: str
    protect_data: bool
    log_retention_days: int
    alert_email: str
    monthly_budget_usd: int
    throttle_rate: int
    throttle_burst: int
    api_gateway_log_role: Singleton
    tax_rate: Decimal
    shipping_fee: Decimal
    currency: str
    cart_ttl_days: int
    session_hours: int
    session_most_hours: int
    cart_replica_regions: tuple[str, ...]
    function_concurrency: int
    account_concurrency: int
    database: DatabaseSettings
    network: NetworkSettings
    edge: EdgeSettings
    audit: AuditSettings
    migration: MigrationSettings

    @classmethod
    def load(cls, stack: str) -> "Settings":
        """The settings of the running stack; SettingError for the first that is wrong."""
        return cls.parse(stack, _configured())

    @classmethod
    def parse(cls, stack: str, config: Mapping[str, str]) -> "Settings":
        """From `namespace:key` and text, as Pulumi hands configuration over."""
        reader = Reader({k.partition(":")[2]: v for k, v in config.items() if k.startswith("cloudshelf:")})
        settings = cls(
            stack=_stack(stack),
            phase=reader.choice("phase", Phase, default=stack),
            region=_region(config),
            protect_data=reader.boolean("protectData"),
            log_retention_days=reader.one_of("logRetentionDays", LOG_RETENTION_DAYS),
            alert_email=reader.matching("alertEmail", r"|[^@\s]+@[^@\s]+\.[^@\s]+", "an e-mail address or empty"),
            monthly_budget_usd=reader.integer("monthlyBudgetUsd", 1, 1_000_000),
            throttle_rate=reader.integer("throttleRate", 1, 10_000),
            throttle_burst=reader.integer("throttleBurst", 1, 5_000),
            api_gateway_log_role=reader.choice("apiGatewayLogRole", Singleton),
            tax_rate=reader.decimal("taxRate", Decimal(0), Decimal(1)),
            shipping_fee=reader.decimal("shippingFee", Decimal(0), Decimal(1000)),
            currency=reader.matching("currency", r"[A-Z]{3}", "three capital letters such as USD"),
            cart_ttl_days=reader.integer("cartTtlDays", 1, 365),
            session_hours=reader.integer("sessionHours", 1, 720),
            session_most_hours=reader.integer("sessionMostHours", 1, 720),
            cart_replica_regions=reader.texts("cartReplicaRegions", REGION, "regions such as eu-west-1"),
            function_concurrency=reader.integer("functionConcurrency", 0, 1000),
            account_concurrency=reader.integer("accountConcurrency", 10, 1_000_000),
            database=_database(reader),
            network=_network(reader),
            edge=_edge(reader),
            audit=_audit(reader),
            migration=_migration(reader),
        )
        reader.refuse_unknown()
        _check(settings)
        return settings


def _database(reader: Reader) -> DatabaseSettings:
    return DatabaseSettings(
        instance_class=reader.matching(
            "databaseInstanceClass", r"db\.[a-z0-9]+\.[a-z0-9]+", "a class such as db.t3.micro"
        ),
        storage=reader.integer("databaseStorageGb", 20, 65_536),
        most_storage=reader.integer("databaseMostStorageGb", 0, 65_536),
        backup_days=reader.integer("databaseBackupDays", 1, 35),
        multi_az=reader.boolean("databaseMultiAz"),
        hours=reader.matching(
            "databaseHours",
            r"|((MON|TUE|WED|THU|FRI|SAT|SUN)(-(MON|TUE|WED|THU|FRI|SAT|SUN))? )"
            r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d",
            "days and hours such as MON-FRI 07:00-19:00, or empty",
        ),
        time_zone=reader.matching("timeZone", r"[A-Za-z]+(/[A-Za-z_+\-0-9]+)*", "a time zone such as Europe/Paris"),
        proxy=reader.boolean("databaseProxy"),
        read_replica=reader.boolean("databaseReadReplica"),
    )


def _network(reader: Reader) -> NetworkSettings:
    return NetworkSettings(
        vpc_id=reader.matching("vpcId", r"|vpc-[0-9a-f]{8,17}", "a VPC's id such as vpc-0123456789abcdef0, or empty"),
        dynamodb_endpoint=reader.choice("dynamodbEndpoint", GatewayEndpoint),
        s3_endpoint=reader.choice("s3Endpoint", GatewayEndpoint),
        cidr=_cidr(reader),
        nat_gateways=reader.integer("natGateways", 0, 2),
        interface_endpoints=reader.texts("interfaceEndpoints", r"[a-z0-9.\-]+", "AWS services such as ssm"),
    )


def _edge(reader: Reader) -> EdgeSettings:
    return EdgeSettings(
        domain_name=reader.matching(
            "domainName", r"|([a-z0-9-]{1,63}\.)+[a-z]{2,63}", "a host name such as shop.example.com, or empty"
        ),
        hosted_zone_id=reader.matching("hostedZoneId", r"|Z[A-Z0-9]{4,31}", "a Route 53 zone's id, or empty"),
        allowed_countries=reader.texts("allowedCountries", r"[A-Z]{2}", "countries in two letters such as US"),
        realtime_logs=reader.boolean("realtimeLogs"),
        waf_rate_limit=reader.integer("wafRateLimit", 100, 2_000_000),
        api_cache_gb=reader.matching(
            "apiCacheGb", CACHE_SIZES_GB, "0.5, 1.6, 6.1, 13.5, 28.4, 58.2, 118, 237 or empty"
        ),
        canary_percent=reader.integer("canaryPercent", 0, 100),
        partners=reader.texts("partners", r"[a-z][a-z0-9-]{0,30}", "names of small letters such as acme"),
        partner_requests_per_month=reader.integer("partnerRequestsPerMonth", 1, 100_000_000),
    )


def _audit(reader: Reader) -> AuditSettings:
    return AuditSettings(
        log_retention_days=reader.one_of("auditLogRetentionDays", LOG_RETENTION_DAYS),
        cloud_trail=reader.choice("cloudTrail", Singleton),
        guard_duty=reader.choice("guardDuty", Singleton),
        access_analyzer=reader.choice("accessAnalyzer", Singleton),
    )


def _migration(reader: Reader) -> MigrationSettings:
    source = reader.matching("migrateFrom", f"|{STACK}", "the name of a stack such as phase1, or empty")
    accounts_from = reader.matching("accountsFrom", f"|{STACK}", "the name of a stack such as phase1, or empty")
    target = reader.matching(
        "migrateTo", TARGET, "prepare, or the target's URL such as https://d111111abcdef8.cloudfront.net, or empty"
    )
    phase = reader.matching("migrateFromPhase", r"|phase1|enhanced", "phase1 or enhanced, or empty") or source
    if source and phase not in list(Phase):
        raise SettingError("migrateFromPhase", f"is empty, and {source!r} does not say which phase it is")
    return MigrationSettings(
        source=source,
        source_phase=Phase(phase) if source else None,
        accounts_from=accounts_from or source,
        leaving=bool(target),
        target_host=target.partition("//")[2],
    )


def _cidr(reader: Reader) -> ipaddress.IPv4Network:
    text = reader.text("vpcCidr")
    try:
        network = ipaddress.IPv4Network(text)
    except ValueError as error:
        raise SettingError("vpcCidr", f"{text!r} is not a network such as 10.0.0.0/16: {error}") from None
    # AWS's bounds of a VPC are /16 and /28; below /22 the six subnets would have fewer than 123 addresses each.
    if not 16 <= network.prefixlen <= 22 or not network.is_private:
        raise SettingError("vpcCidr", f"{text!r} is not a private network from /16 to /22")
    return network


def _check(settings: Settings) -> None:
    """What one setting asks of another."""
    edge, network, database = settings.edge, settings.network, settings.database
    if bool(edge.domain_name) != bool(edge.hosted_zone_id):
        missing = "hostedZoneId" if edge.domain_name else "domainName"
        raise SettingError(missing, "is empty: domainName and hostedZoneId are set together")
    if database.most_storage and database.most_storage <= database.storage:
        raise SettingError("databaseMostStorageGb", f"{database.most_storage} is not more than databaseStorageGb, or 0")
    if database.hours:
        _check_hours(database)
    if settings.session_most_hours < settings.session_hours:
        raise SettingError("sessionMostHours", f"{settings.session_most_hours} is less than sessionHours")
    if settings.region in settings.cart_replica_regions:
        raise SettingError("cartReplicaRegions", f"has {settings.region}, where the tables themselves are")
    _check_migration(settings)
    if settings.phase is not Phase.PHASE1 and settings.region not in database_regions():
        raise ValueError(
            f"aws:region: {AUTHORITIES.name} has no certificate authority of RDS in {settings.region}, so functions "
            "could not know the database. Fetch AWS's bundle anew with: make authorities"
        )
    if settings.phase is not Phase.PHASE2:
        return
    if database.backup_days < LEAST_PRODUCTION_BACKUP_DAYS:
        raise SettingError(
            "databaseBackupDays", f"{database.backup_days} is less than {LEAST_PRODUCTION_BACKUP_DAYS}, phase2's least"
        )
    if network.nat_gateways == 0 and (lacking := {"ssm", "cognito-idp"} - set(network.interface_endpoints)):
        raise SettingError(
            "interfaceEndpoints", f"lacks {', '.join(sorted(lacking))}: without a NAT gateway functions need them"
        )


@cache
def database_regions() -> frozenset[str]:
    """Those whose databases the functions can verify."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(AUTHORITIES)
    names = " ".join(str(certificate["subject"]) for certificate in context.get_ca_certs())
    return frozenset(re.findall(r"Amazon RDS (\S+) Root CA RSA2048 G1", names))


def _check_hours(database: DatabaseSettings) -> None:
    """Backup and maintenance need an hour each while the database runs, whichever way the clocks are set."""
    begin, end = (int(time[:2]) * 60 + int(time[3:]) for time in database.hours.split(" ")[1].split("-"))
    if end - begin < LEAST_DATABASE_HOURS * 60:
        must = f"must span at least {LEAST_DATABASE_HOURS} hours of one day, for RDS's backup and maintenance"
        raise SettingError("databaseHours", f"{must}, not {database.hours!r}")
    if database.time_zone not in available_timezones():
        raise SettingError("timeZone", f"must be a time zone such as Europe/Paris, not {database.time_zone!r}")


def _check_migration(settings: Settings) -> None:
    """A shop moves from phase1 to enhanced or phase2, or from enhanced to phase2."""
    migration, phase = settings.migration, settings.phase
    later = {Phase.PHASE1: (Phase.ENHANCED, Phase.PHASE2), Phase.ENHANCED: (Phase.PHASE2,), Phase.PHASE2: ()}
    for key, stack in (("migrateFrom", migration.source), ("accountsFrom", migration.accounts_from)):
        if stack == settings.stack:
            raise SettingError(key, f"{stack} is this stack itself")
    if migration.source_phase and phase not in later[migration.source_phase]:
        raise SettingError("migrateFrom", f"a shop does not move from {migration.source_phase} to {phase}")
    if migration.leaving and not later[phase]:
        raise SettingError("migrateTo", f"there is no phase after {phase} to move to; leave it empty")
    if migration.accounts_from and phase is Phase.PHASE1:
        raise SettingError("accountsFrom", "phase1 has its own accounts; leave it empty")
    if migration.source and settings.edge.allowed_countries:
        raise SettingError(
            "allowedCountries", "shoppers come through the source's CloudFront meanwhile; leave it empty until the end"
        )


def _stack(stack: str) -> str:
    # A function's name may have 64 characters, and S3 and Cognito know lower case and hyphens.
    if not re.fullmatch(STACK, stack):
        raise ValueError(f"stack {stack!r}: a name has 1 to 20 lower-case letters, digits and hyphens, a letter first")
    return stack


def _region(config: Mapping[str, str]) -> str:
    region = config.get("aws:region", "")
    if not re.fullmatch(REGION, region):
        raise ValueError(f"aws:region: {region!r} is not a region. Set it with: pulumi config set aws:region us-east-1")
    return region


def _configured() -> Mapping[str, str]:
    # `pulumi.Config` answers for keys one knows; only the runtime can list them all, and so show a misspelt one.
    return {**runtime_config.get_config_env(), **runtime_config.CONFIG.get()}
