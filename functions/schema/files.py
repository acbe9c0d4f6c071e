"""The schema as files: NNNN_name.sql, numbered from 0001 without a gap."""

import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

NAME = re.compile(r"([0-9]{4})_[a-z0-9_]+\.sql", re.ASCII)
# Only statements: the BEGIN of a block in PL/pgSQL has no semicolon.
TRANSACTION = re.compile(
    r"^\s*(BEGIN|START TRANSACTION|COMMIT|ROLLBACK|ABORT)( +[A-Z ]*)?;", re.IGNORECASE | re.MULTILINE
)


class SchemaError(Exception):
    """The files and the database do not fit together. The message says which file and what to do."""


@dataclass(frozen=True)
class Migration:
    """One file. `version` is its name without the ending, `checksum` the SHA-256 of its bytes."""

    version: str
    checksum: str
    sql: str


def migrations(folder: Path) -> list[Migration]:
    """All files of a folder, in order; SchemaError when their numbers have a gap or come twice."""
    paths = sorted(folder.glob("*.sql"))
    if not paths:
        raise SchemaError(f"{folder}: has no .sql file. Point SCHEMA_PATH to the folder of the schema.")
    for number, path in enumerate(paths, 1):
        if (match := NAME.fullmatch(path.name)) is None:
            raise SchemaError(f"{path.name}: is no NNNN_name.sql in lower case. Rename it.")
        if int(match[1]) != number:
            raise SchemaError(
                f"{path.name}: the file before it is {number - 1:04}, so it must be {number:04}. Rename it."
            )
    return [_read(path) for path in paths]


def _read(path: Path) -> Migration:
    content = path.read_bytes()
    if found := TRANSACTION.search(content.decode()):
        raise SchemaError(f"{path.name}: has {found[1]}. A file is one transaction as it is; take that out.")
    return Migration(path.stem, sha256(content).hexdigest(), content.decode())
