"""What is left of a destroyed stack, by its tags and by its names; what it costs and how to remove it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from cloudshelf.aws_account import NO_ANSWER, AwsAccount, is_missing, told
from cloudshelf.chosen_stack import ChosenStack
from cloudshelf.cost.charges import MONTH_HOURS
from cloudshelf.cost.estimate import SMALLEST
from cloudshelf.cost.prices import PriceList, UnknownPrice
from cloudshelf.graph import Graph


@dataclass(frozen=True, kw_only=True, order=True)
class Tagged:
    """`service` and `kind` as they are in the ARN; `kind` is empty for a bucket, a topic or a queue."""

    arn: str
    region: str

    @property
    def service(self) -> str:
        return self.arn.split(":")[2]

    @property
    def kind(self) -> str:
        rest = self.arn.split(":", 5)[5]
        ends = [place for sign in "/:" if (place := rest.find(sign)) > 0]
        return rest[: min(ends)] if ends else ""

    @property
    def name(self) -> str:
        rest = self.arn.split(":", 5)[5]
        return rest[len(self.kind) + 1 :] if self.kind else rest


def tagged(account: AwsAccount, tags: Mapping[str, str], regions: Iterable[str]) -> Iterator[Tagged]:
    """The tagging API answers for most services, but not for IAM roles."""
    filters = [{"Key": key, "Values": [value]} for key, value in sorted(tags.items())]
    for region in regions:
        api = account.client("resourcegroupstaggingapi", region)
        for page in api.get_paginator("get_resources").paginate(TagFilters=filters):
            for resource in page["ResourceTagMappingList"]:
                yield Tagged(arn=resource["ResourceARN"].removesuffix(":*"), region=region)


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


DASHBOARD, INSTANCE = "aws:cloudwatch/dashboard:Dashboard", "aws:rds/instance:Instance"


def untagged(account: AwsAccount, graph: Graph) -> Iterator[Tagged]:
    """Dashboards, and the backups RDS keeps of a database that is gone."""
    yield from _dashboards(account, _names(graph, DASHBOARD, "dashboardName"))
    yield from _kept_backups(account, _names(graph, INSTANCE, "identifier"))


def _names(graph: Graph, token: str, name: str) -> set[str]:
    return {str(node.inputs[name]) for node in graph.of(token).values() if name in node.inputs}


def _dashboards(account: AwsAccount, names: set[str]) -> Iterator[Tagged]:
    if not names:
        return
    api: Any = account.client("cloudwatch")
    for page in api.get_paginator("list_dashboards").paginate():
        for found in page["DashboardEntries"]:
            if found["DashboardName"] in names:
                yield Tagged(arn=found["DashboardArn"], region=account.region)


def _kept_backups(account: AwsAccount, names: set[str]) -> Iterator[Tagged]:
    if not names:
        return
    api: Any = account.client("rds")
    for page in api.get_paginator("describe_db_instance_automated_backups").paginate():
        for found in page["DBInstanceAutomatedBackups"]:
            if found["DBInstanceIdentifier"] in names and found["Status"] == "retained":
                yield Tagged(arn=found["DBInstanceAutomatedBackupsArn"], region=account.region)


# By service and kind of the ARN; {name}, {arn} and {region} are the resource's.
REMOVALS: Mapping[tuple[str, str], str] = {
    ("cloudwatch", "alarm"): "aws cloudwatch delete-alarms --alarm-names {name}",
    ("cloudwatch", "dashboard"): "aws cloudwatch delete-dashboards --dashboard-names {name}",
    ("cognito-idp", "userpool"): "aws cognito-idp delete-user-pool --user-pool-id {name}",
    ("dynamodb", "table"): "aws dynamodb delete-table --table-name {name}",
    ("ec2", "elastic-ip"): "aws ec2 release-address --allocation-id {name}",
    ("ec2", "natgateway"): "aws ec2 delete-nat-gateway --nat-gateway-id {name}",
    ("ec2", "vpc-endpoint"): "aws ec2 delete-vpc-endpoints --vpc-endpoint-ids {name}",
    ("kinesis", "stream"): "aws kinesis delete-stream --stream-name {name}",
    ("kms", "key"): "aws kms schedule-key-deletion --key-id {name} --pending-window-in-days 7",
    ("lambda", "function"): "aws lambda delete-function --function-name {name}",
    ("logs", "log-group"): "aws logs delete-log-group --log-group-name {name}",
    ("rds", "auto-backup"): "aws rds delete-db-instance-automated-backup --db-instance-automated-backups-arn {arn}",
    (
        "rds",
        "db",
    ): "aws rds delete-db-instance --db-instance-identifier {name} --final-db-snapshot-identifier {name}-last",
    ("rds", "snapshot"): "aws rds delete-db-snapshot --db-snapshot-identifier {name}",
    ("secretsmanager", "secret"): "aws secretsmanager delete-secret --secret-id {arn}",
    ("sns", ""): "aws sns delete-topic --topic-arn {arn}",
    ("ssm", "parameter"): "aws ssm delete-parameter --name /{name}",
}


def removal(found: Tagged) -> str:
    """Empty where there is more to it than one command."""
    command = REMOVALS.get((found.service, found.kind), "")
    if not command:
        return ""
    return f"{command} --region {found.region}".format(name=found.name, arn=found.arn)


# CloudFront's own things, its firewall and its logs are here wherever the stack is.
EDGE_REGION = "us-east-1"


@dataclass(frozen=True, kw_only=True)
class Leftover:
    """`remove` is a command, empty where there is none."""

    found: Tagged
    bill: Bill
    remove: str


def regions(stack: ChosenStack) -> list[str]:
    return sorted({stack.region, EDGE_REGION, *stack.settings.cart_replica_regions})


def search(account: AwsAccount, stack: ChosenStack, prices: PriceList) -> Iterator[Leftover]:
    """What is gone already is left out: the tagging API goes on to name it for a while."""
    for found in sorted({*tagged(account, stack.tags, regions(stack)), *untagged(account, stack.graph)}):
        client = partial(account.client, region=found.region)
        billing = BILLS.get((found.service, found.kind))
        try:
            bill = billing(found, client, prices) if billing else NOTHING
        except NO_ANSWER as error:
            if is_missing(error):
                continue
            bill = Bill(usd=None, note=f"AWS gave no answer: {told(error)}")
        yield Leftover(found=found, bill=bill, remove=removal(found))


def monthly(leftovers: list[Leftover]) -> Decimal:
    return sum((each.bill.usd for each in leftovers if each.bill.usd is not None), Decimal(0))
