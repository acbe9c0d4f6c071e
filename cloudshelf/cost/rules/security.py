"""Keys and GuardDuty."""

from collections.abc import Iterator
from decimal import Decimal

from cloudshelf.cost.charges import MILLION, Charge, Context, Rule, Unpriceable, charge
from cloudshelf.cost.rules.database import INSTANCE, PROCESSORS
from cloudshelf.graph import Node

TEN_THOUSAND = Decimal(10_000)


def key(_: Node, context: Context) -> Iterator[Charge]:
    """In its first year; each of the first two yearly rotations adds another key-month."""
    yield charge("key", 1)
    yield charge("key-requests", context.usage("key_requests") / TEN_THOUSAND)


def detector(_: Node, context: Context) -> Iterator[Charge]:
    """After the first 30 days, which are free."""
    yield charge("guardduty-events", context.usage("audit.management_events") / MILLION)
    yield charge("guardduty-flows", context.usage("network.flow_log_gb"))


def detector_feature(node: Node, context: Context) -> Iterator[Charge]:
    name = node.inputs["name"]
    if node.inputs.get("status") != "ENABLED":
        return
    if name == "S3_DATA_EVENTS":
        yield charge("guardduty-s3", context.usage("audit.s3_events") / MILLION)
    elif name == "RDS_LOGIN_EVENTS":
        yield charge("guardduty-rds", PROCESSORS * len(context.graph.of(INSTANCE)))
    elif name == "LAMBDA_NETWORK_LOGS":
        yield charge("guardduty-lambda", context.usage("audit.lambda_network_gb"))
    else:
        raise Unpriceable(f"{node.name}: there is no price of GuardDuty's {name}")


RULES: dict[str, Rule] = {
    "aws:guardduty/detector:Detector": detector,
    "aws:guardduty/detectorFeature:DetectorFeature": detector_feature,
    "aws:kms/key:Key": key,
    "aws:kms/replicaKey:ReplicaKey": key,
}
