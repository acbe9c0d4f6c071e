"""Metrics that functions write into their logs, in CloudWatch's embedded metric format.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from cloudshelf.local.metrics.store import Metrics

MARK = b'"_aws"'


class EmbeddedMetrics:
    """Reads on in every log from where it was, each time it is called; the last line may still be in the writing.

    `logs` tells which there are by then.
    """

    def __init__(self, metrics: Metrics, logs: Callable[[], Iterable[Path]]) -> None:
        self._metrics, self._logs = metrics, logs
        self._read: dict[Path, int] = {}

    def __call__(self) -> None:
        for path in self._logs():
            self._read[path] = self._on(path, self._read.get(path, 0))

    def _on(self, path: Path, position: int) -> int:
        try:
            with path.open("rb") as log:
                log.seek(position)
                new = log.read()
        except OSError:
            return position
        whole, newline, _ = new.rpartition(b"\n")
        for line in whole.splitlines():
            if MARK in line:
                self._take(line)
        return position + len(whole) + len(newline)

    def _take(self, line: bytes) -> None:
        try:
            document = json.loads(line)
            described = document["_aws"]
            for directive in described["CloudWatchMetrics"]:
                self._record(document, directive, float(described["Timestamp"]) / 1000)
        except (ValueError, KeyError, TypeError):
            return  # a line of the log that only looks like one

    def _record(self, document: Mapping[str, Any], directive: Mapping[str, Any], at: float) -> None:
        for names in directive["Dimensions"]:
            dimensions = {name: str(document[name]) for name in names}
            for metric in directive["Metrics"]:
                value = document[metric["Name"]]
                for each in value if isinstance(value, list) else [value]:
                    self._metrics.record(directive["Namespace"], metric["Name"], dimensions, float(each), at)
