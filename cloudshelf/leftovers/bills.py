"""What something that is still there costs a month, and how it goes away."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cloudshelf.cost.charges import MONTH_HOURS
from cloudshelf.cost.estimate import SMALLEST
from cloudshelf.cost.prices import PriceList, UnknownPrice
from cloudshelf.leftovers.tagged import Tagged

GIB = Decimal(1024**3)


@dataclass(frozen=True, kw_only=True)
class Bill:
    """US dollars a month; None where only what is in it costs, which nobody counted. `note` says more."""

    usd: Decimal | None
    note: str = ""


Client = Callable[[str], Any]
Billing = Callable[[Tagged, Client, PriceList], Bill]


def _fixed(key: str, quantity: Decimal | int = 1) -> Billing:
    return lambda _, __, prices: bill(prices, (key, Decimal(quantity)))


def bill(prices: PriceList, *parts: tuple[str, Decimal], note: str = "") -> Bill:
    amount = sum((prices[key].usd * quantity for key, quantity in parts), Decimal(0))
    return Bill(usd=amount.quantize(SMALLEST), note=note)


def table(found: Tagged, client: Client, prices: PriceList) -> Bill:
    size = client("dynamodb").describe_table(TableName=found.name)["Table"].get("TableSizeBytes", 0)
    return bill(prices, ("dynamodb-storage", Decimal(size) / GIB), note="its stored data")


def log_group(found: Tagged, client: Client, prices: PriceList) -> Bill:
    groups = client("logs").describe_log_groups(logGroupNamePrefix=found.name)["logGroups"]
    size = sum(group.get("storedBytes", 0) for group in groups if group["logGroupName"] == found.name)
    return bill(prices, ("logs-kept", Decimal(size) / GIB), note="its stored lines")


def key(found: Tagged, client: Client, prices: PriceList) -> Bill:
    described = client("kms").describe_key(KeyId=found.arn)["KeyMetadata"]
    if described["KeyState"] == "PendingDeletion":
        return Bill(usd=Decimal(0), note=f"goes by itself on {described['DeletionDate']:%Y-%m-%d}")
    return bill(prices, ("key", Decimal(1)))


def secret(found: Tagged, client: Client, prices: PriceList) -> Bill:
    if "DeletedDate" in client("secretsmanager").describe_secret(SecretId=found.arn):
        return Bill(usd=Decimal(0), note="goes by itself within 30 days")
    return bill(prices, ("secret", Decimal(1)))


def database(found: Tagged, client: Client, prices: PriceList) -> Bill:
    (given,) = client("rds").describe_db_instances(DBInstanceIdentifier=found.name)["DBInstances"]
    copies = 2 if given.get("MultiAZ") else 1
    hours = Decimal(0) if given["DBInstanceStatus"] == "stopped" else MONTH_HOURS * copies
    storage = (f"rds-{given['StorageType']}", Decimal(given["AllocatedStorage"]) * copies)
    try:
        return bill(prices, (f"rds-{given['DBInstanceClass']}", hours), storage, note=given["DBInstanceStatus"])
    except UnknownPrice as problem:
        return Bill(usd=None, note=str(problem))


def snapshot(found: Tagged, client: Client, prices: PriceList) -> Bill:
    """At most: a snapshot is charged for what is in it, and not within the storage of a database that is there."""
    (given,) = client("rds").describe_db_snapshots(DBSnapshotIdentifier=found.name)["DBSnapshots"]
    return bill(prices, ("rds-backup", Decimal(given["AllocatedStorage"])), note="at most")


def kept_backup(found: Tagged, client: Client, prices: PriceList) -> Bill:
    """Of a database that is gone: none of it is within the storage of one that is there."""
    asked = client("rds").describe_db_instance_automated_backups(DBInstanceAutomatedBackupsArn=found.arn)
    (given,) = asked["DBInstanceAutomatedBackups"]
    return bill(prices, ("rds-backup", Decimal(given["AllocatedStorage"])), note="at most")


def endpoint(found: Tagged, client: Client, prices: PriceList) -> Bill:
    (given,) = client("ec2").describe_vpc_endpoints(VpcEndpointIds=[found.name])["VpcEndpoints"]
    zones = len(given.get("SubnetIds", [])) if given["VpcEndpointType"] == "Interface" else 0
    return bill(prices, ("endpoint-hour", MONTH_HOURS * zones))


def nat_gateway(found: Tagged, client: Client, prices: PriceList) -> Bill:
    (given,) = client("ec2").describe_nat_gateways(NatGatewayIds=[found.name])["NatGateways"]
    if given["State"] in ("deleted", "deleting"):
        return Bill(usd=Decimal(0), note=given["State"])
    return bill(prices, ("nat-hour", MONTH_HOURS))


def web_acl(found: Tagged, client: Client, prices: PriceList) -> Bill:
    scope, _, name, identity = found.arn.split(":", 5)[5].split("/")
    asked = {"Name": name, "Id": identity, "Scope": "CLOUDFRONT" if scope == "global" else "REGIONAL"}
    rules = len(client("wafv2").get_web_acl(**asked)["WebACL"]["Rules"])
    return bill(prices, ("waf-acl", Decimal(1)), ("waf-rule", Decimal(rules)))


def contents(_found: Tagged, _client: Client, _prices: PriceList) -> Bill:
    return Bill(usd=None, note="what is in it costs; empty it first, a bucket of its versions too")


# By service and kind of the ARN.
BILLS: Mapping[tuple[str, str], Billing] = {
    ("backup", "backup-vault"): contents,
    ("cloudwatch", "alarm"): _fixed("alarm"),
    ("cloudwatch", "dashboard"): _fixed("dashboard"),
    ("dynamodb", "table"): table,
    ("ec2", "elastic-ip"): _fixed("public-ipv4", MONTH_HOURS),
    ("ec2", "natgateway"): nat_gateway,
    ("ec2", "vpc-endpoint"): endpoint,
    ("kinesis", "stream"): _fixed("kinesis-stream", MONTH_HOURS),
    ("kms", "key"): key,
    ("logs", "log-group"): log_group,
    ("rds", "auto-backup"): kept_backup,
    ("rds", "db"): database,
    ("rds", "db-proxy"): _fixed("rds-proxy", MONTH_HOURS * 2),
    ("rds", "snapshot"): snapshot,
    ("s3", ""): contents,
    ("secretsmanager", "secret"): secret,
    ("wafv2", "global"): web_acl,
    ("wafv2", "regional"): web_acl,
}
NOTHING = Bill(usd=Decimal(0), note="costs nothing while nobody uses it")
