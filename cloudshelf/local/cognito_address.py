"""Where Cognito's public API is on this machine."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cloudshelf.local.world import World


def endpoint(world: "World") -> str:
    """Without a scheme: the page's own."""
    return f"127.0.0.1:{world.port}/_cognito"
