"""A local cloud that is empty until a Pulumi engine makes a stack in it."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from cloudshelf.graph.model import Graph
from cloudshelf.local import demo
from cloudshelf.local.cloud import LocalCloud
from cloudshelf.local.engine.provider import Provider

FRONT = ("aws:apigateway/", "aws:cloudfront/")
SIGN_IN = "aws:cognito/"
EVENT_SOURCE = "aws:lambda/eventSourceMapping:EventSourceMapping"


@dataclass(kw_only=True)
class EngineCloud(LocalCloud):
    """As a LocalCloud; `provider` is what an engine attaches to. `on_accounts` is told when there is somebody to sign
    in as, each time there is a new user pool. `changed_at` is when a resource last changed, by time.monotonic.
    """

    on_accounts: Callable[[], None] = lambda: None
    provider: Provider = field(init=False)
    _following: threading.Lock = field(init=False, default_factory=threading.Lock)
    _pool: str = field(init=False, default="")
    changed_at: float = field(init=False, default=0.0)

    def _deploy(self) -> None:
        self.graph = Graph()
        self.provider = Provider(self.world, self.graph, self._follow)
        self.world.closing.callback(self.provider.stop)
        self.provider.start()

    def _follow(self, token: str) -> None:
        """What is served follows from what was made."""
        self.changed_at = time.monotonic()
        if token.startswith(FRONT):
            self.shop.declare_anew()
        if token.startswith(SIGN_IN):
            self._let_in()
        if token == EVENT_SOURCE:
            self.pollers.follow()

    def _let_in(self) -> None:
        with self._following:
            pools = list(self.graph.of("aws:cognito/userPool:UserPool").values())
            groups = [node.inputs.get("name") for node in self.graph.of("aws:cognito/userGroup:UserGroup").values()]
            pool = str(pools[0].outputs["arn"]) if pools and demo.ADMIN_GROUP in groups else ""
            if pool == self._pool:
                return
            self._pool = pool
            self.accounts.clear()
            if pool:
                self.accounts.update(demo.create_accounts(self.world))
                self.on_accounts()
