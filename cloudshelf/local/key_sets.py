"""The key sets that user pools publish for whoever checks their tokens."""

from dataclasses import dataclass, field

import requests


@dataclass
class KeySets:
    """Fetched from `endpoint`. `reachable` False is an outage; `replaced` is published in place of a pool's own."""

    endpoint: str
    reachable: bool = True
    replaced: dict[str, bytes] = field(default_factory=dict)

    def published(self, path: str) -> bytes | None:
        """The document at /<pool>/.well-known/jwks.json; None while it is out of reach."""
        if not self.reachable:
            return None
        pool = path.split("/")[1]
        return self.replaced.get(pool) or requests.get(self.endpoint + path, timeout=10).content
