"""The artefact of a function: one zip, the same bytes for the same sources.

It holds the function's package, every other package under functions/ it imports, the API contract as JSON, and for the
target platform the third-party code of functions/requirements.txt and of the packages' own requirements.txt. The
schema function brings schema/postgres. The AWS SDK is not in it: Lambda's runtime brings one.
"""

import ast
import hashlib
import json
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from components import contract
from components.runtime import PYTHON
from components.vendor import Target, vendor

ROOT = Path(__file__).resolve().parent.parent
FUNCTIONS = ROOT / "functions"
BUILD = ROOT / ".build"
# The earliest time a zip can carry, so that a new checkout is no new artefact.
EPOCH = (1980, 1, 1, 0, 0, 0)
MODE = 0o644 << 16
PACKED = (".py", ".pem")
SCHEMA_PACKAGE, SCHEMA = "schema", ROOT / "schema" / "postgres"

LAMBDA = Target(python=PYTHON, platform="manylinux2014_aarch64")
HOST = Target(python=f"{sys.version_info.major}.{sys.version_info.minor}", platform=None)
target: ContextVar[Target] = ContextVar("target", default=LAMBDA)


@dataclass(frozen=True)
class Entry:
    """A file of the artefact: its name inside, its bytes."""

    name: str
    content: bytes


def build(package: str) -> Path:
    """The artefact of a package under functions/ for the current target. Its name carries the hash of its contents."""
    entries = sorted(_entries(package), key=lambda entry: entry.name)
    path = BUILD / target.get().name / f"{package}-{_digest(entries)}.zip"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            _write(Path(folder) / path.name, entries).replace(path)
    return path


def _digest(entries: list[Entry]) -> str:
    digest = hashlib.sha256()
    for entry in entries:
        digest.update(f"{entry.name}\0{len(entry.content)}\0".encode())
        digest.update(entry.content)
    return digest.hexdigest()[:16]


def _write(path: Path, entries: list[Entry]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in entries:
            info = zipfile.ZipInfo(entry.name, EPOCH)
            info.external_attr = MODE
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, entry.content)
    return path


def packages(package: str) -> list[str]:
    """The package and all packages under functions/ that it imports, directly or through others."""
    found: list[str] = []
    wanted = [package]
    while wanted:
        name = wanted.pop()
        if name in found:
            continue
        if not (FUNCTIONS / name / "__init__.py").exists():
            raise FileNotFoundError(f"functions/{name}/__init__.py: there is no such function package")
        found.append(name)
        wanted += sorted(_imports(name))
    return sorted(found)


def _imports(package: str) -> set[str]:
    named = {name for source in (FUNCTIONS / package).rglob("*.py") for name in _imported(source.read_text())}
    return {name for name in named if (FUNCTIONS / name / "__init__.py").exists()}


@cache
def _imported(source: str) -> frozenset[str]:
    """The packages a source names, its own relative ones left out."""
    named: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            named |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            named.add(node.module.partition(".")[0])
    return frozenset(named)


def _entries(package: str) -> Iterator[Entry]:
    own = packages(package)
    for name in own:
        for source in (FUNCTIONS / name).rglob("*"):
            if source.suffix in PACKED:
                yield Entry(source.relative_to(FUNCTIONS).as_posix(), source.read_bytes())
    yield Entry("contract.json", json.dumps(contract.load(), separators=(",", ":")).encode())
    if SCHEMA_PACKAGE in own:
        for source in SCHEMA.glob("*.sql"):
            yield Entry(source.relative_to(ROOT).as_posix(), source.read_bytes())
    yield from _libraries(vendor(requirements(own), target.get()))


def requirements(own: list[str]) -> tuple[Path, ...]:
    """What lists the third-party code of these packages."""
    listed = (FUNCTIONS / name / "requirements.txt" for name in own)
    return (FUNCTIONS / "requirements.txt", *(path for path in listed if path.exists()))


@cache
def _libraries(folder: Path) -> tuple[Entry, ...]:
    """The files of a vendored folder, which never change once it is there."""
    files = (file for file in folder.rglob("*") if file.is_file())
    return tuple(Entry(file.relative_to(folder).as_posix(), file.read_bytes()) for file in files)
