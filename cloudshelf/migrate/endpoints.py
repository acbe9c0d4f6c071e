"""Where a pair of stacks on this machine is, for a command in another terminal."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from cloudshelf.migrate.ports import MigrationError

FILE = "endpoints.json"


@dataclass(frozen=True, kw_only=True)
class Endpoints:
    """`url` is the shop as shoppers know it, `source_url` the same, `target_url` the new one by itself.

    `services` answers for Lambda, `aws` for DynamoDB and S3. `variables` are the migration function's.
    """

    source: str
    target: str
    url: str
    target_url: str
    region: str
    services: str
    aws: str
    function: str
    variables: Mapping[str, str]
    credentials: Mapping[str, str] = field(repr=False)

    def write(self, folder: Path) -> Path:
        """Readable by its owner only."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / FILE
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(asdict(self), file, indent=2)
        return path

    @classmethod
    def read(cls, folder: Path) -> "Endpoints":
        try:
            return cls(**json.loads((folder / FILE).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            raise MigrationError(
                f"no pair of stacks runs on this machine by {folder / FILE}. Start one in another terminal: "
                "cloudshelf migrate local"
            ) from None


def folder_of(root: Path, source: str, target: str) -> Path:
    return root / ".local" / f"migrate-{source}-{target}"
