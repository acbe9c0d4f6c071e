"""rejects: what could not be moved, with the reason; somebody has to answer for it before the migration is finished."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cloudshelf.migrate.ports import Steps


def rejected(steps: Steps) -> Iterator[Mapping[str, Any]]:
    """All of them, by entity and key."""
    after: Any = None
    while True:
        page = steps.invoke("rejects", {} if after is None else {"after": after})
        yield from page["rejects"]
        after = page.get("after")
        if after is None:
            return


def sign(steps: Steps, by: str, keys: Sequence[str]) -> int:
    """`keys` as `entity/key`; none are all. How many are unsigned still."""
    return int(steps.invoke("sign", {"by": by, "keys": list(keys) or "all"})["unsigned"])
