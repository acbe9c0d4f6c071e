"""A stack as an earlier revision of the project had it."""

import dataclasses
import io
import json
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cloudshelf.graph import Graph, Node
from cloudshelf.graph.stacks import ROOT
from components import vendor

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
