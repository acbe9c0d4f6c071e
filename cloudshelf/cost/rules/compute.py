"""Functions, their data and network."""

from collections.abc import Iterator
from decimal import Decimal

from cloudshelf.cost.charges import MILLION, MONTH_HOURS, THOUSAND, Charge, Context, Rule, Unpriceable, charge, role
from cloudshelf.graph import Node

MB_OF_A_GB = 1024
FREE_STORAGE_MB = 512
# Of a run of its own for each file: started, called, looked at, ended.
TRANSITIONS_OF_A_FILE = 4


def function(node: Node, context: Context) -> Iterator[Charge]:
    """Requests and time. Its logs are counted with its log group."""
    if node.inputs.get("architectures") != ["arm64"]:
        raise Unpriceable(f"{node.name}: there are prices of arm64 functions only")
    if node.inputs.get("ephemeralStorage", {}).get("size", FREE_STORAGE_MB) > FREE_STORAGE_MB:
        raise Unpriceable(f"{node.name}: there is no price of ephemeral storage above {FREE_STORAGE_MB} MB")
    used = f"functions.{role(node)}"
    requests = context.usage(f"{used}.requests")
    gigabytes = Decimal(node.inputs["memorySize"]) / MB_OF_A_GB
    seconds = requests * context.usage(f"{used}.milliseconds") / THOUSAND
    yield charge("lambda-requests", requests / MILLION)
    yield charge("lambda-arm64", seconds * gigabytes / THOUSAND)
    yield charge("metric", context.usage(f"{used}.custom_metrics") * context.usage("busy_hours"))


def state_machine(node: Node, context: Context) -> Iterator[Charge]:
    """One that loads a move's files, once."""
    if node.inputs.get("type", "STANDARD") != "STANDARD":
        raise Unpriceable(f"{node.name}: there are prices of standard state machines only")
    yield charge("state-transitions", context.usage("move.files") * TRANSITIONS_OF_A_FILE / THOUSAND)


COMPUTE: dict[str, Rule] = {
    "aws:lambda/function:Function": function,
    "aws:sfn/stateMachine:StateMachine": state_machine,
}


def table(node: Node, context: Context) -> Iterator[Charge]:
    """On demand. A replica in another region is charged for what is written to it and for what it keeps."""
    if node.inputs.get("billingMode") != "PAY_PER_REQUEST":
        raise Unpriceable(f"{node.name}: there are prices of on-demand tables only")
    used = f"tables.{role(node)}"
    stored = context.usage(f"{used}.gb")
    yield charge("dynamodb-reads", context.usage(f"{used}.reads") / MILLION)
    writes = context.usage(f"{used}.writes") / MILLION
    replicas = node.inputs.get("replicas", [])
    if not replicas:
        yield charge("dynamodb-writes", writes)
    else:
        yield charge("dynamodb-copied-writes", writes * (1 + len(replicas)))
    yield charge("dynamodb-storage", stored * (1 + len(replicas)))
    restorable = node.inputs.get("pointInTimeRecovery", {}).get("enabled", False)
    copies = int(restorable) + sum(bool(replica.get("pointInTimeRecovery")) for replica in replicas)
    if copies:
        yield charge("dynamodb-restorable", stored * copies)


def bucket(node: Node, context: Context) -> Iterator[Charge]:
    used = f"buckets.{role(node)}"
    yield charge("s3-storage", context.usage(f"{used}.gb"))
    yield charge("s3-writes", context.usage(f"{used}.writes") / THOUSAND)
    yield charge("s3-reads", context.usage(f"{used}.reads") / THOUSAND)


def vault(_: Node, context: Context) -> Iterator[Charge]:
    """What the plans put into it, of the services the program has. Snapshots share RDS's free storage: database.py."""
    yield charge("backup-dynamodb", context.usage("backups.dynamodb_gb"))


DATA: dict[str, Rule] = {
    "aws:backup/vault:Vault": vault,
    "aws:dynamodb/table:Table": table,
    "aws:s3/bucket:Bucket": bucket,
}


NAT, ENDPOINT = "aws:ec2/natGateway:NatGateway", "aws:ec2/vpcEndpoint:VpcEndpoint"


def nat_gateway(_: Node, context: Context) -> Iterator[Charge]:
    yield charge("nat-hour", MONTH_HOURS)
    yield charge("nat-gb", context.usage("network.nat_gb") / len(context.graph.of(NAT)))


def address(_node: Node, _context: Context) -> Iterator[Charge]:
    yield charge("public-ipv4", MONTH_HOURS)


def endpoint(node: Node, context: Context) -> Iterator[Charge]:
    """Gateway endpoints are free; the others have an interface in each zone."""
    if node.inputs.get("vpcEndpointType") != "Interface":
        return
    interfaces = [each for each in context.graph.of(ENDPOINT).values() if each.inputs["vpcEndpointType"] == "Interface"]
    yield charge("endpoint-hour", MONTH_HOURS * len(node.inputs["subnetIds"]))
    yield charge("endpoint-gb", context.usage("network.endpoint_gb") / len(interfaces))


NETWORK: dict[str, Rule] = {
    "aws:ec2/eip:Eip": address,
    NAT: nat_gateway,
    ENDPOINT: endpoint,
}


RULES: dict[str, Rule] = {**COMPUTE, **DATA, **NETWORK}
