"""Applies what a database lacks of the schema.

Forward only, each file in a transaction of its own, one run at a time: whoever comes second waits and finds it done.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from shared.postgres import Session
from shared.postgres_errors import Busy, ConnectionLost, StatementFailed, Violation

from schema.files import Migration, SchemaError

# Any number will do, so long as every runner takes the same.
LOCK = 6_327_465
LEDGER = """
CREATE TABLE IF NOT EXISTS schema_migrations (
    version text PRIMARY KEY,
    checksum text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
)"""


@dataclass(frozen=True)
class Outcome:
    """Versions applied by this run, and those the database had already."""

    applied: tuple[str, ...]
    already: tuple[str, ...]


def apply(session: Session, migrations: Sequence[Migration]) -> Outcome:
    """Brings the database up to the last file. SchemaError leaves it as it was; a failing file undoes itself alone."""
    session.script("SET lock_timeout = 0")
    session.run("SELECT pg_advisory_lock(:key)", key=LOCK)
    session.script("RESET lock_timeout")
    try:
        session.script(LEDGER)
        rows = session.run("SELECT version, checksum FROM schema_migrations ORDER BY version")
        done = dict(rows)
        _check(done, migrations)
        wanted = [migration for migration in migrations if migration.version not in done]
        for migration in wanted:
            _apply_one(session, migration)
        return Outcome(tuple(migration.version for migration in wanted), tuple(done))
    finally:
        # A connection that is lost has given its locks back.
        with suppress(ConnectionLost):
            session.run("SELECT pg_advisory_unlock(:key)", key=LOCK)


def _apply_one(session: Session, migration: Migration) -> None:
    with session.transaction():
        try:
            session.script(migration.sql)
        except (StatementFailed, Violation, Busy) as error:
            raise SchemaError(f"{migration.version}.sql: {error}. Nothing of this file was applied.") from error
        session.run(
            "INSERT INTO schema_migrations (version, checksum) VALUES (:version, :checksum)",
            version=migration.version,
            checksum=migration.checksum,
        )


def _check(done: Mapping[str, str], migrations: Sequence[Migration]) -> None:
    """What was applied must be the beginning of the files, unchanged."""
    files = {migration.version: migration.checksum for migration in migrations}
    for version, checksum in done.items():
        if version not in files:
            raise SchemaError(
                f"{version}.sql: the database has it and this release does not. Deploy a release that has the file: "
                "a schema only goes forward."
            )
        if files[version] != checksum:
            raise SchemaError(
                f"{version}.sql: was edited after it was applied (SHA-256 {files[version][:12]}, applied as "
                f"{checksum[:12]}). Restore the file, and put the change into a new one."
            )
    last = max(done, default="")
    for version in files:
        if version not in done and version < last:
            raise SchemaError(f"{version}.sql: comes before {last}.sql, which was applied. Number it after that one.")
