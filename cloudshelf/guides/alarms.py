"""The alarms of the stacks, those of each function and table as one."""

import re
from collections.abc import Mapping

from cloudshelf.graph import Graph
from cloudshelf.guides.table import table

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
OF_FUNCTION, OF_TABLE = "FunctionName", "TableName"


def alarms(graphs: Mapping[str, Graph]) -> str:
    """A row for each alarm: its name without the stack's prefix, when it goes off, and which phases have it."""
    found: dict[tuple[str, str], list[str]] = {}
    for stack, graph in graphs.items():
        for key in dict.fromkeys(_told(name, node.inputs) for name, node in graph.of(ALARM).items()):
            found.setdefault(key, []).append(stack)
    rows = [[f"`{name}`", when, ", ".join(stacks)] for (name, when), stacks in found.items()]
    return table(["alarm", "goes off when", "in"], sorted(rows, key=lambda row: (-row[2].count(","), row[0])))


def _told(name: str, inputs: Mapping[str, object]) -> tuple[str, str]:
    alarm, when = name.removesuffix("-alarm"), str(inputs["alarmDescription"])
    dimensions = inputs.get("dimensions") or {}
    assert isinstance(dimensions, Mapping)  # noqa: S101 - what the program gives an alarm
    which = alarm.partition("-")[0]
    if OF_FUNCTION in dimensions and f"{which} function" in when:
        return alarm.replace(which, "<function>", 1), re.sub(rf"\b([Tt]he) {which} function", r"\1 function", when)
    if OF_TABLE in dimensions:
        return alarm.replace(which, "<table>", 1), when.replace(f"the {which} table", "the table")
    return alarm, when
