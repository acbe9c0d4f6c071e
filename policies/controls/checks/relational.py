"""PostgreSQL on RDS: settings, credentials, subnets, proxy."""

from collections.abc import Iterator

from .. import tokens
from ..control import Violation, lack, violation
from ..documents import permissions
from ..rules import alone, among
from ..stack import PHASE2, Resource, Stack
from .routes import open_subnets
from .secrets import secret

LEAST_BACKUP_DAYS = {"enhanced": 7, "phase2": 14}
MOST_BACKUP_DAYS = 35
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html: the certificates valid beyond 2060
AUTHORITIES = ("rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1")
INTERVALS_S = (1, 5, 10, 15, 30, 60)
EVENTS = ("configuration change", "failover", "failure", "low storage", "maintenance")
ADMINISTRATORS = (None, "admin", "administrator", "postgres", "root")


def is_primary(database: Resource) -> bool:
    """A replica takes from its source what is not said of it here."""
    return not database.get("replicateSourceDb")


@among
def backed_up_long_enough(database: Resource, stack: Stack) -> Iterator[str]:
    least = LEAST_BACKUP_DAYS[stack.phase]
    if not least <= float(database.get("backupRetentionPeriod", 0)) <= MOST_BACKUP_DAYS:
        yield f"backupRetentionPeriod is {database.get('backupRetentionPeriod')}: set it to {least} or more"
    if not database.get("backupWindow") or not database.get("maintenanceWindow"):
        yield "backupWindow or maintenanceWindow is left to AWS: set both, apart from each other"
    if stack.phase == PHASE2 and database.get("deleteAutomatedBackups") is not False:
        yield "deleteAutomatedBackups is not false: backups would go with the database"


@alone
def one_password(database: Resource) -> Iterator[str]:
    managed = database.get("manageMasterUserPassword") is True
    if managed == (database.get("password") is not None):
        yield "the master password is kept twice or nowhere: set manageMasterUserPassword or password, not both"
    yield from secret("password").look(database, Stack(phase="", name="", resources=()))


def users_named(stack: Stack) -> Iterator[Violation]:
    """A function connects as one PostgreSQL user of one database."""
    granted = 0
    for resource, statement in permissions(stack):
        if statement.allows and "rds-db:connect" in statement.actions:
            granted += 1
            for each in statement.resources:
                if "*" in each or ":dbuser:" not in each or not each.rpartition("/")[2]:
                    yield violation(resource, f"rds-db:connect on {each}: name the database's resource id and one user")
    if not granted:
        yield lack(stack, "nobody may rds-db:connect: functions would need a password")


def closed_subnets(stack: Stack) -> Iterator[Violation]:
    for group in stack.of(tokens.DATABASE_SUBNETS):
        subnets = stack.sources(group, "subnetIds", tokens.SUBNET)
        if not subnets:
            yield violation(group, "subnetIds are subnets of the default VPC, each with a route to the internet")
        for subnet in subnets:
            if subnet.urn in open_subnets(stack):
                yield violation(group, f"{subnet.name} has a route to an internet gateway: take a private subnet")


@among
def in_two_zones(group: Resource, stack: Stack) -> Iterator[str]:
    zones = {subnet.get("availabilityZone") for subnet in stack.sources(group, "subnetIds", tokens.SUBNET)}
    if len(zones) < 2:
        yield "subnetIds are in one zone: the standby would have nowhere to go"


@alone
def forced_tls(parameters: Resource) -> Iterator[str]:
    if _parameters(parameters).get("rds.force_ssl") != "1":
        yield "rds.force_ssl is not 1: set it, or clients may send passwords in the clear"
    if parameters.get("family") != "postgres15":
        yield f"family is {parameters.get('family')}: make it postgres15, the version the schema is written for"


@alone
def statements_logged(parameters: Resource) -> Iterator[str]:
    known = _parameters(parameters)
    if known.get("log_statement") != "ddl":
        yield "log_statement is not ddl: changes of tables would leave no trace, and 'all' would log personal data"
    if "log_min_duration_statement" not in known:
        yield "log_min_duration_statement is not set: set it, -1 logs no statement with a customer's data in it"


def _parameters(group: Resource) -> dict[str, str]:
    return {each.get("name"): str(each.get("value")) for each in group.items("parameters")}


@alone
def insights_encrypted(database: Resource) -> Iterator[str]:
    insights = database.get("performanceInsightsEnabled") is True and database.get("performanceInsightsKmsKeyId")
    if not insights and database.get("databaseInsightsMode") != "standard":
        yield "performanceInsightsEnabled is not set with a key of its own: set both"


@alone
def proxied_safely(proxy: Resource) -> Iterator[str]:
    if proxy.get("requireTls") is not True:
        yield "requireTls is not true: set it"
    by_role = proxy.get("defaultAuthScheme") == "IAM_AUTH"
    if not by_role and not all(auth.get("iamAuth") == "REQUIRED" for auth in proxy.items("auths") or [{}]):
        yield "clients may use passwords: set defaultAuthScheme to IAM_AUTH"
    if proxy.get("debugLogging") is True:
        yield "debugLogging is on: it logs statements with customers' data"
