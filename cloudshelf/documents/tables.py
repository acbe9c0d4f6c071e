"""Markdown tables of what a stack's graph or configuration says: alarms, DynamoDB tables, connections, settings."""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from cloudshelf.graph import Graph
from cloudshelf.graph.model import Node
from cloudshelf.local.metrics.alarms import measured

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
TABLE = "aws:dynamodb/table:Table"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
OF_FUNCTION, OF_TABLE = "FunctionName", "TableName"
OWN, OTHER = "securityGroupId", "referencedSecurityGroupId"
NAMESPACE = "cloudshelf:"
# The end of a description of a setting that not every phase has.
SOME_PHASES = re.compile(r"\s*\(([a-z0-9, ]+)\)$")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(_cell(text) for text in cells)} |\n" for cells in lines)


def _cell(text: str) -> str:
    """A cell is one line, and a bar would end it."""
    return " ".join(text.split()).replace("|", "\\|")


def filled_in(text: str, content: Mapping[str, str]) -> str:
    """A text with each table between the two comments that name it."""
    for name, rows in content.items():
        before, begin, rest = text.partition(f"<!-- {name} -->\n")
        _, end, after = rest.partition(f"<!-- end of {name} -->\n")
        if not (begin and end):
            raise ValueError(f"the text has no place for the table {name}: <!-- {name} --> ... <!-- end of {name} -->")
        text = f"{before}{begin}\n{rows}\n{end}{after}"
    return text


def alarms(graphs: Mapping[str, Graph]) -> str:
    """A row for each alarm: its name without the stack's prefix, when it goes off, and which phases have it."""
    found: dict[tuple[str, str], list[str]] = {}
    for stack, graph in graphs.items():
        for key in dict.fromkeys(_as_row(name, node.inputs) for name, node in graph.of(ALARM).items()):
            found.setdefault(key, []).append(stack)
    rows = [[f"`{name}`", when, ", ".join(stacks)] for (name, when), stacks in found.items()]
    return table(["alarm", "goes off when", "in"], sorted(rows, key=lambda row: (-row[2].count(","), row[0])))


def _as_row(name: str, inputs: Mapping[str, object]) -> tuple[str, str]:
    alarm, when = name.removesuffix("-alarm"), str(inputs["alarmDescription"])
    dimensions = measured(inputs).get("dimensions") or {}
    assert isinstance(dimensions, Mapping)  # noqa: S101 - what the program gives an alarm
    which = alarm.partition("-")[0]
    if OF_FUNCTION in dimensions and f"{which} function" in when:
        return alarm.replace(which, "<function>", 1), re.sub(rf"\b([Tt]he) {which} function", r"\1 function", when)
    if OF_TABLE in dimensions:
        return alarm.replace(which, "<table>", 1), when.replace(f"the {which} table", "the table")
    return alarm, when


def dynamodb_tables(graphs: Mapping[str, Graph]) -> str:
    rows = [
        [stack, f"`{node.inputs['name']}`", *_dynamodb_row(node.inputs)]
        for stack, graph in graphs.items()
        for _, node in sorted(graph.of(TABLE).items())
    ]
    return table(["stack", "table", "partition key", "sort key", "indexes", "TTL", "restorable", "key"], rows)


def _dynamodb_row(inputs: dict[str, Any]) -> list[str]:
    indexes = [
        f"{index['name']} ({', '.join(key['attributeName'] for key in index['keySchemas'])})"
        for index in inputs.get("globalSecondaryIndexes", [])
    ]
    return [
        inputs["hashKey"],
        inputs.get("rangeKey", ""),
        "<br>".join(indexes),
        inputs["ttl"]["attributeName"] if "ttl" in inputs else "",
        "35 days" if inputs["pointInTimeRecovery"]["enabled"] else "no",
        "the shop's own" if "serverSideEncryption" in inputs else "AWS's",
    ]


def connections(graph: Graph) -> str:
    """A row for each rule that lets something out, and whether one lets it in at the other end."""
    admitted = {
        (_group(rule, OTHER), _group(rule, OWN), rule.inputs["fromPort"]) for rule in graph.of(INGRESS).values()
    }
    rows = []
    for rule in graph.of(EGRESS).values():
        caller, callee, port = _group(rule, OWN), _group(rule, OTHER), rule.inputs["fromPort"]
        ends = "both ends" if (caller, callee, port) in admitted else "one end: the other has no group"
        rows.append([caller, callee or _elsewhere(rule), str(port), str(rule.inputs["description"]), ends])
    return table(["from", "to", "port", "for", "declared on"], sorted(rows))


def _group(rule: Node, name: str) -> str:
    """The name of the group that a property of a rule was made from, nothing where it was made from none."""
    urns = [urn for urn in rule.property_dependencies.get(name, []) if f"{GROUP}::" in urn]
    return urns[0].rpartition("::")[2].removesuffix("-group") if urns else ""


def _elsewhere(rule: Node) -> str:
    return "DynamoDB's addresses" if "prefixListId" in rule.inputs else str(rule.inputs["cidrIpv4"])


def settings(root: Path, stacks: Sequence[str]) -> str:
    described: dict[str, dict[str, Any]] = _read(root / "Pulumi.yaml")["config"]
    given = {stack: _read(root / f"Pulumi.{stack}.yaml")["config"] for stack in stacks}
    rows = [[f"`{key}`", *_setting_row(key, declared, given)] for key, declared in described.items()]
    return table(["setting", "", *stacks], rows)


def _setting_row(key: str, declared: dict[str, Any], given: dict[str, dict[str, Any]]) -> list[str]:
    description = str(declared["description"]).strip()
    some = SOME_PHASES.search(description)
    phases = some[1].split(", ") if some else list(given)
    values = [_setting_value(own, key, declared) if stack in phases else "\N{EN DASH}" for stack, own in given.items()]
    return [SOME_PHASES.sub("", description), *values]


def _setting_value(given: dict[str, Any], key: str, declared: dict[str, Any]) -> str:
    """A stack file's own value, or in brackets the default."""
    if f"{NAMESPACE}{key}" in given:
        return f"`{_written(given[f'{NAMESPACE}{key}'])}`"
    return f"(`{_written(declared['default'])}`)" if declared["default"] not in ("", []) else "none"


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"[{', '.join(value)}]" if isinstance(value, list) else str(value)


def _read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))
