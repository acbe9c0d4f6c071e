"""Third-party code of functions, fetched by pip for a platform and kept under .build/.

The lists of requirements have the hash of every file (`make lock`), so pip takes no other.
"""

import hashlib
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / ".build" / "vendor"
NOT_AT_RUN_TIME = ("bin", "__pycache__", "*.dist-info/*/")
# Of what pip notes about a package, libraries read their own version from this file alone.
METADATA = "METADATA"


# The environment pip runs in; None is this process's. The local cloud, which has changed its own, keeps the one before.
pip_environment: dict[str, str] | None = None


class VendorError(Exception):
    """pip could not fetch the functions' third-party code; the text has pip's last words."""


@dataclass(frozen=True)
class Target:
    """Which Python on which platform. Platform None is this machine's."""

    python: str
    platform: str | None

    @property
    def name(self) -> str:
        return f"py{self.python}-{self.platform or sysconfig.get_platform()}"

    def pip_options(self) -> list[str]:
        if self.platform is None:
            return []
        return [
            f"--platform={self.platform}",
            f"--python-version={self.python}",
            "--implementation=cp",
            "--only-binary=:all:",
        ]


def vendor(requirements: tuple[Path, ...], target: Target) -> Path:
    """A folder with the requirements installed, made once for their texts and the target."""
    folder = VENDOR / folder_name(requirements, target)
    if not folder.exists():
        _install(requirements, target, folder)
    return folder


def folder_name(requirements: tuple[Path, ...], target: Target) -> str:
    texts = b"".join(path.read_bytes() for path in requirements)
    digest = hashlib.sha256(texts + target.name.encode() + METADATA.encode())
    return f"{target.name}-{requirements[-1].parent.name}-{requirements[-1].stem}-{digest.hexdigest()[:16]}"


def _install(requirements: tuple[Path, ...], target: Target, folder: Path) -> None:
    VENDOR.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=VENDOR, prefix="part-") as part:
        made = Path(part) / "site"
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-compile", "--disable-pip-version-check"]
        options = [f"--target={made}", *(f"--requirement={path}" for path in requirements), *target.pip_options()]
        done = subprocess.run([*command, *options], capture_output=True, text=True, check=False, env=pip_environment)
        if done.returncode:
            lists = ", ".join(str(path.relative_to(ROOT)) for path in requirements)
            raise VendorError(
                f"pip could not fetch {lists} for {target.name}. Check the network and that `{sys.executable} -m pip` "
                f"works, then try again. pip said: {done.stderr.strip()[-1500:]}"
            )
        for pattern in NOT_AT_RUN_TIME:
            for path in made.rglob(pattern):
                shutil.rmtree(path, ignore_errors=True)
        for path in made.glob("*.dist-info/*"):
            if path.name != METADATA and path.is_file():
                path.unlink()
        try:
            made.rename(folder)
        except OSError:
            # Another process finished first: its folder is as good.
            if not folder.exists():
                raise
