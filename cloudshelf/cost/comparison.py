"""An estimate beside another: another stack's, a revision's, the plan's."""

import dataclasses
import io
import json
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

from cloudshelf import yaml_file
from cloudshelf.cost.estimate import Estimate, Line, total
from cloudshelf.cost.prices import DATA, Price
from cloudshelf.graph import Graph, Node
from cloudshelf.graph.stacks import ROOT
from components import vendor


@dataclass(frozen=True, kw_only=True)
class Change:
    """What one price comes to in one stack and in another."""

    price: Price
    quantities: tuple[Decimal, Decimal]
    dollars: tuple[Decimal, Decimal]

    @property
    def usd(self) -> Decimal:
        return self.dollars[1] - self.dollars[0]


def difference(one: Estimate, other: Estimate) -> list[Change]:
    """Where they differ, the biggest change first."""
    before, after = _by_price(one.lines), _by_price(other.lines)
    prices = {line.price.key: line.price for line in (*one.lines, *other.lines)}
    changes = [_change(price, before.get(key, []), after.get(key, [])) for key, price in prices.items()]
    return sorted((each for each in changes if each.usd), key=lambda each: (-abs(each.usd), each.price.key))


def _by_price(lines: Iterable[Line]) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(line.price.key, []).append(line)
    return found


def _change(price: Price, before: list[Line], after: list[Line]) -> Change:
    return Change(
        price=price,
        quantities=(_sum(line.quantity for line in before), _sum(line.quantity for line in after)),
        dollars=(_sum(line.usd for line in before), _sum(line.usd for line in after)),
    )


def _sum(numbers: Iterable[Decimal]) -> Decimal:
    return sum(numbers, Decimal(0))


class Verdict(Enum):
    BELOW = "below"
    WITHIN = "within"
    ABOVE = "above"


@dataclass(frozen=True, kw_only=True)
class Row:
    """US dollars a month. `reason` says why the estimate is outside the band; empty where nobody said."""

    name: str
    usd: Decimal
    low: Decimal
    high: Decimal
    reason: str

    @property
    def verdict(self) -> Verdict:
        if self.usd < self.low:
            return Verdict.BELOW
        return Verdict.ABOVE if self.usd > self.high else Verdict.WITHIN


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """A stack's rows, and the document they are of."""

    document: str
    rows: tuple[Row, ...]


def compare(estimate: Estimate, phase: str, path: Path = DATA / "plan.yaml") -> Comparison | None:
    """None where nothing was planned for the phase at that usage."""
    planned = yaml_file.read(path).get(phase, {}).get(estimate.usage)
    if planned is None:
        return None
    named = {service for row in planned["rows"] for service in row.get("services", ())}
    return Comparison(
        document=planned["from"],
        rows=tuple(_row(given, estimate, named, planned["reasons"]) for given in planned["rows"]),
    )


def _row(given: Mapping[str, Any], estimate: Estimate, named: set[str], reasons: Mapping[str, str]) -> Row:
    return Row(
        name=given["name"],
        usd=total(_counted(given, estimate, named)),
        low=Decimal(given["low"]),
        high=Decimal(given["high"]),
        reason=reasons.get(given["name"], ""),
    )


def _counted(given: Mapping[str, Any], estimate: Estimate, named: set[str]) -> Iterator[Line]:
    for line in estimate.lines:
        service = line.price.service
        if given.get("all") or service in given.get("services", ()) or (given.get("rest") and service not in named):
            yield line


# Run in the revision's folder by its own code, for the modules of two revisions cannot be in one process.
CAPTURE = """
import dataclasses, json, sys
from cloudshelf.graph.stacks import stack_graph

graph = stack_graph(sys.argv[1], json.loads(sys.argv[2]))
nodes = [dataclasses.asdict(node) for node in graph.nodes.values()]
with open(sys.argv[3], "w") as file:
    json.dump(nodes, file, default=lambda value: sorted(value) if isinstance(value, set) else str(value))
"""
SETS = ("secrets", "unknowns")
GIVE_UP_S = 300


class RevisionError(Exception):
    """There is no such revision, or its stack cannot be captured; the text is one line."""


def commit_of(revision: str, root: Path = ROOT) -> str | None:
    """The commit a revision names; None where there is none, or no git."""
    try:
        found = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    except OSError:
        return None
    return found.stdout.decode().strip() if found.returncode == 0 else None


def graph_at(commit: str, stack: str, settings: Mapping[str, str], root: Path = ROOT) -> Graph:
    """A stack's graph as the program of a commit declares it. RevisionError where it does not."""
    with tempfile.TemporaryDirectory(prefix="cloudshelf-revision-") as folder:
        tree, nodes = Path(folder) / "tree", Path(folder) / "nodes.json"
        _check_out(root, commit, tree)
        arguments = [sys.executable, "-c", CAPTURE, stack, json.dumps(dict(settings)), str(nodes)]
        done = subprocess.run(
            arguments, cwd=tree, capture_output=True, check=False, timeout=GIVE_UP_S, stdin=subprocess.DEVNULL
        )
        if done.returncode or not nodes.exists():
            said = done.stderr.decode(errors="replace").strip().splitlines()
            raise RevisionError(
                f"stack {stack} of {commit[:10]} cannot be captured: {said[-1] if said else 'no reason'}"
            )
        return _graph(json.loads(nodes.read_text()))


def _check_out(root: Path, commit: str, tree: Path) -> None:
    """Without touching the working tree or its index."""
    packed = _git(root, "archive", "--format=tar", commit)
    if packed.returncode:
        raise RevisionError(f"git cannot read {commit[:10]}: {packed.stderr.decode(errors='replace').strip()}")
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
        archive.extractall(tree, filter="data")
    # A vendored folder's name tells what is in it, so that what is here already need not be fetched again.
    vendor.VENDOR.mkdir(parents=True, exist_ok=True)
    (tree / ".build").mkdir()
    (tree / ".build" / vendor.VENDOR.name).symlink_to(vendor.VENDOR)


def _graph(nodes: list[dict[str, Any]]) -> Graph:
    known = {field.name for field in dataclasses.fields(Node)}
    graph = Graph()
    for node in nodes:
        values: dict[str, Any] = {
            name: set(value) if name in SETS else value for name, value in node.items() if name in known
        }
        graph.nodes[node["urn"]] = Node(**values)
    return graph


def _git(root: Path, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, check=False)  # noqa: S607 - as found on PATH
