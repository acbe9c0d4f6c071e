"""Who an import signs in as."""

import json
from dataclasses import dataclass
from pathlib import Path

# `cloudshelf local` writes the demo accounts of the shop that runs on this machine here.
LOCAL = Path(__file__).parents[2] / ".local" / "credentials.json"


@dataclass(frozen=True)
class Account:
    email: str
    password: str


def local_admin(url: str, path: Path = LOCAL) -> Account | None:
    """The demo admin, if the file is about the shop at `url`."""
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
        if known["url"].rstrip("/") != url.rstrip("/"):
            return None
        return Account(known["admin"]["email"], known["admin"]["password"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
