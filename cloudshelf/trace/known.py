"""What a requirement may point to: tests, control rows, resource types, pages, decisions."""

import ast
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from policies.controls.tables import CONTROLS

INVENTORIES = "tests/infra/inventories/*.txt"


@dataclass(frozen=True, kw_only=True)
class Known:
    """`tests` are node ids, `controls` titles of musts by row, `types` resource types by stack.

    `decisions` are files under docs/adr by number.
    """

    root: Path
    tests: Collection[str]
    controls: Mapping[int, str]
    types: Mapping[str, Collection[str]]
    decisions: Mapping[int, str]

    @classmethod
    def of(cls, root: Path) -> "Known":
        """What a checkout has. Tests are found by reading their files: none is imported or run."""
        return cls(
            root=root,
            tests=frozenset(test for path in sorted(root.glob("tests/**/test_*.py")) for test in node_ids(path, root)),
            controls={control.id: control.title for control in CONTROLS if control.musts},
            types={path.stem: _types(path) for path in sorted(root.glob(INVENTORIES))},
            decisions={int(path.name[:4]): path.name for path in sorted(root.glob("docs/adr/[0-9]*.md"))},
        )


def node_ids(path: Path, root: Path) -> Iterator[str]:
    """The node ids of a file's tests, without parameters."""
    module = ast.parse(path.read_text(encoding="utf-8"))
    at = path.relative_to(root).as_posix()
    for node in module.body:
        if isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            yield from (f"{at}::{node.name}::{name}" for name in _tests(node.body))
    yield from (f"{at}::{name}" for name in _tests(module.body))


def _tests(body: list[ast.stmt]) -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            yield node.name


def _types(inventory: Path) -> frozenset[str]:
    return frozenset(re.findall(r"^(\S+) ", inventory.read_text(encoding="utf-8"), re.MULTILINE))
