"""What stands beside the shop: keys, trails, backups, alarms."""

from collections.abc import Callable, Iterator

from cloudshelf.graph import Graph, Node


def watching(graph: Graph) -> Iterator[str]:
    """A few words each, only of what the stack has."""
    for token, tell in TOLD:
        nodes = sorted(graph.of(token).values(), key=lambda node: node.name)
        if nodes:
            yield tell(nodes)


def _count(word: str) -> Callable[[list[Node]], str]:
    return lambda nodes: f"{len(nodes)} {word}{'' if len(nodes) == 1 else 's'}"


def _fixed(words: str) -> Callable[[list[Node]], str]:
    return lambda _: words


def _budget(nodes: list[Node]) -> str:
    return f"budget ${nodes[0].inputs['limitAmount']} a month"


TOLD: tuple[tuple[str, Callable[[list[Node]], str]], ...] = (
    ("aws:cloudwatch/metricAlarm:MetricAlarm", _count("alarm")),
    ("aws:cloudwatch/dashboard:Dashboard", _count("dashboard")),
    ("aws:budgets/budget:Budget", _budget),
    ("aws:xray/group:Group", _fixed("X-Ray")),
    ("aws:kms/key:Key", _count("key")),
    ("aws:cloudtrail/trail:Trail", _fixed("CloudTrail")),
    ("aws:guardduty/detector:Detector", _fixed("GuardDuty")),
    ("aws:accessanalyzer/analyzer:Analyzer", _fixed("access analyzer")),
    ("aws:ec2/flowLog:FlowLog", _fixed("flow logs")),
    ("aws:backup/plan:Plan", _fixed("nightly backups")),
    ("aws:kinesis/stream:Stream", _fixed("real-time log")),
)
