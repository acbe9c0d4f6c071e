"""Fetches ahead what the local cloud's functions need, so that the first start is as quick as the next."""

from components import artifact
from components.artifact import FUNCTIONS
from components.vendor import vendor


def fetch() -> None:
    """The functions' third-party code and Lambda's own libraries, for this machine."""
    packages = [path.parent.name for path in FUNCTIONS.glob("*/handler.py")]
    wanted = {artifact.requirements(artifact.packages(package)) for package in packages}
    for requirements in sorted({*wanted, (FUNCTIONS / "requirements-runtime.txt",)}):
        vendor(requirements, artifact.HOST)


if __name__ == "__main__":
    fetch()
