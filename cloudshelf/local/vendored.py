"""Fetches ahead what the local cloud's functions need, so that the first start is as quick as the next."""

from components import artifact
from components.artifact import FUNCTIONS
from components.vendor import vendor


def fetch() -> None:
    """The functions' third-party code and Lambda's own libraries, for this machine."""
    for name in ("requirements.txt", "requirements-runtime.txt"):
        vendor(FUNCTIONS / name, artifact.HOST)


if __name__ == "__main__":
    fetch()
