"""Lambda and Step Functions."""

from collections.abc import Iterator
from decimal import Decimal

from cloudshelf.cost.charges import MILLION, THOUSAND, Charge, Context, Rule, Unpriceable, charge, role
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


RULES: dict[str, Rule] = {
    "aws:lambda/function:Function": function,
    "aws:sfn/stateMachine:StateMachine": state_machine,
}
