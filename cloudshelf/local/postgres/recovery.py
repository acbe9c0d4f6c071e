"""A server's files copied while it runs, and another server that begins with them, as it was at a moment.

https://www.postgresql.org/docs/15/continuous-archiving.html
"""

import shutil
from pathlib import Path

from cloudshelf.local.postgres.server import PostgresServer

# What a copy must not have: https://www.postgresql.org/docs/15/continuous-archiving.html#BACKUP-LOWLEVEL-BASE-BACKUP-DATA
LEFT_OUT = ("postmaster.pid", "postmaster.opts", "pg_wal", "pg_replslot", "pg_internal.init*")


class Backup:
    """A copy of a running server in a folder: its files now, its log when it is asked for later."""

    def __init__(self, server: PostgresServer, folder: Path) -> None:
        self._server, self._folder = server, folder

    @property
    def files(self) -> Path:
        return self._folder / "files"

    @property
    def log(self) -> Path:
        return self._folder / "log"

    def take(self) -> None:
        connection = self._server.connect()
        try:
            connection.run("SELECT pg_backup_start('copy', true)")
            shutil.copytree(self._server.data, self.files, ignore=shutil.ignore_patterns(*LEFT_OUT), symlinks=True)
            ((label,),) = connection.run("SELECT labelfile FROM pg_backup_stop(false)")
        finally:
            connection.close()
        (self.files / "backup_label").write_text(label)
        for name in ("pg_wal", "pg_replslot"):
            (self.files / name).mkdir()

    def fetch_log(self) -> None:
        """What the server wrote since: everything up to now can be restored from it."""
        connection = self._server.connect()
        try:
            connection.run("SELECT pg_switch_wal()")
        finally:
            connection.close()
        shutil.copytree(self._server.data / "pg_wal", self.log, dirs_exist_ok=True)


class RestoredServer(PostgresServer):
    """A server of its own with what was committed up to `moment`, a timestamp as PostgreSQL writes it."""

    def __init__(self, folder: Path, backup: Backup, moment: str) -> None:
        settings = {
            "restore_command": f'cp "{backup.log}/%f" "%p"',
            "recovery_target_time": moment,
            "recovery_target_action": "promote",
            # It takes no connection, and so is not ready, before it has come to the moment.
            "hot_standby": "off",
        }
        super().__init__(folder, settings=settings)
        self._backup = backup

    def _initialise(self) -> None:
        shutil.copytree(self._backup.files, self.data, symlinks=True)
        self.data.chmod(0o700)
        (self.data / "recovery.signal").touch()
        self._hand_over()
