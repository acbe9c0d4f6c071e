"""Metric filters of a log: lines that fit a pattern, counted.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html
"""

import fnmatch
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cloudshelf.local.metrics.store import Metrics

AND = "&&"
FIELD = re.compile(r"\$\.(\w+)")
TERM = re.compile(r'\(?\s*\$\.(?P<field>\w+)\s*(?P<sign>!?=)\s*"(?P<wanted>[^"]*)"\s*\)?')


@dataclass(frozen=True)
class Term:
    """`wanted` may have asterisks. A field that is not there fits nothing."""

    field: str
    equal: bool
    wanted: str

    def fits(self, line: Mapping[str, Any]) -> bool:
        found = line.get(self.field)
        return isinstance(found, str) and fnmatch.fnmatchcase(found, self.wanted) == self.equal


@dataclass(frozen=True)
class MetricFilter:
    """`dimensions` are fields of the line by the names they get."""

    terms: Sequence[Term]
    namespace: str
    metric: str
    value: float
    dimensions: Mapping[str, str]

    @classmethod
    def of(cls, inputs: Mapping[str, Any]) -> "MetricFilter":
        """ValueError for what is not imitated here: anything but comparisons of fields with text, all of which hold."""
        pattern, told = str(inputs["pattern"]).strip(), inputs["metricTransformation"]
        found = [TERM.fullmatch(part.strip()) for part in pattern.removeprefix("{").removesuffix("}").split(AND)]
        fields = {name: FIELD.fullmatch(path) for name, path in (told.get("dimensions") or {}).items()}
        if pattern[:1] != "{" or None in found or None in fields.values() or "defaultValue" in told:
            raise ValueError(f"{pattern}: the local cloud counts lines whose fields equal a text, or do not, alone")
        return cls(
            terms=[Term(term["field"], term["sign"] == "=", term["wanted"]) for term in found if term],
            namespace=told["namespace"],
            metric=told["name"],
            value=float(told["value"]),
            dimensions={name: field[1] for name, field in fields.items() if field},
        )

    def count(self, line: Mapping[str, Any], metrics: Metrics) -> None:
        """`line` is one of the log, read."""
        if all(term.fits(line) for term in self.terms):
            dimensions = {name: str(line[field]) for name, field in self.dimensions.items()}
            metrics.record(self.namespace, self.metric, dimensions, self.value)
