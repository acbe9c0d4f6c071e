"""How much goes into each log group, by its name."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from cloudshelf.cost.charges import Context, Unpriceable, gigabytes
from cloudshelf.graph import Node

ACCESS_LINE_KB, CDN_LINE_KB = Decimal("0.5"), Decimal("0.5")
# One request in a thousand fails in a way API Gateway logs at level ERROR.
FAILURES, FAILURE_KB = Decimal("0.001"), Decimal(2)
VENDED = True


def _function(node: Node, context: Context) -> Decimal:
    used = f"functions.{node.name.removesuffix('-logs')}"
    return gigabytes(context.usage(f"{used}.requests") * context.usage(f"{used}.log_kb"))


def _access(_: Node, context: Context) -> Decimal:
    return gigabytes(context.usage("api_requests") * ACCESS_LINE_KB)


def _errors(_: Node, context: Context) -> Decimal:
    return gigabytes(context.usage("api_requests") * FAILURES * FAILURE_KB)


def _cdn(_: Node, context: Context) -> Decimal:
    return gigabytes(context.usage("cdn.requests") * CDN_LINE_KB)


def _postgresql(node: Node, context: Context) -> Decimal:
    """The log of upgrades is empty but for the day of one."""
    return context.usage("database.log_gb") if node.inputs["name"].endswith("/postgresql") else Decimal(0)


def _loads(_: Node, context: Context) -> Decimal:
    return gigabytes(context.usage("move.files") * FAILURES * FAILURE_KB)


def _figure(path: str) -> Callable[[Node, Context], Decimal]:
    return lambda _, context: context.usage(path)


# By how a group's name begins: what is written to it, and whether an AWS service delivers it.
GROUPS: Mapping[str, tuple[Callable[[Node, Context], Decimal], bool]] = {
    "/aws/lambda/": (_function, not VENDED),
    "/aws/apigateway/": (_access, not VENDED),
    "API-Gateway-Execution-Logs_": (_errors, not VENDED),
    "/aws/rds/instance/": (_postgresql, not VENDED),
    "/aws/cloudtrail/": (_figure("audit.trail_log_gb"), not VENDED),
    "/aws/vendedlogs/cloudfront/": (_cdn, VENDED),
    "/aws/vendedlogs/states/": (_loads, VENDED),
    "/aws/vpc/": (_figure("network.flow_log_gb"), VENDED),
    "aws-waf-logs-": (_figure("audit.firewall_log_gb"), VENDED),
}


def written(node: Node, context: Context) -> tuple[Decimal, bool]:
    """GB a month, and whether they are vended logs."""
    for prefix, (amount, vended) in GROUPS.items():
        if str(node.inputs["name"]).startswith(prefix):
            return amount(node, context), vended
    raise Unpriceable(f"{node.name}: nobody said how much is written to a log group {node.inputs['name']}")
