"""Makes ahead what the local cloud's functions need, so that the first start is nearly as quick as the next."""

import os
import subprocess
import sys
from pathlib import Path

from cloudshelf.local.lambdas.environment import bytecode
from cloudshelf.local.lambdas.function import unpack
from components import artifact
from components.artifact import FUNCTIONS
from components.vendor import vendor


def make() -> None:
    """Lambda's own libraries for this machine, and each function's artefact with its third-party code, unpacked."""
    _compile(vendor((FUNCTIONS / "requirements-runtime.txt",), artifact.HOST))
    artifact.target.set(artifact.HOST)
    for path in sorted(FUNCTIONS.glob("*/handler.py")):
        unpack(artifact.build(path.parent.name))


def _compile(runtime: Path) -> None:
    """As it is in Lambda's own images."""
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(bytecode(runtime))}
    subprocess.run([sys.executable, "-m", "compileall", "-q", str(runtime)], env=environment, check=True)


if __name__ == "__main__":
    make()
