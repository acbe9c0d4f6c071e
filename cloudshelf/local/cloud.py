"""The local cloud of one stack: started, serving, stopped."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Self

from cloudshelf.graph import Graph
from cloudshelf.local import demo
from cloudshelf.local.aws import AwsEmulator
from cloudshelf.local.deploy import deploy
from cloudshelf.local.edge.router_pages import RouterPages
from cloudshelf.local.edge.server import Front, Handler
from cloudshelf.local.edge.wsgi import WsgiServer
from cloudshelf.local.event_sources import Pollers
from cloudshelf.local.front import LocalPages, Shop
from cloudshelf.local.gateway.messages import Request, Response
from cloudshelf.local.identity import IdentityFront, Mail, Mailbox
from cloudshelf.local.metrics.embedded import EmbeddedMetrics
from cloudshelf.local.metrics.meters import count_connections
from cloudshelf.local.metrics.sampler import Sampler
from cloudshelf.local.pages.pages import Pages
from cloudshelf.local.services.apis import Apis
from cloudshelf.local.world import World
from cloudshelf.terminal import Account
from components import artifact
from components.vendor import vendor

IDENTITY_PREFIX = "/_cognito/"
THREADS = 32


@dataclass(kw_only=True)
class LocalCloud:
    """Use as a context manager; within it the shop answers at `url`.

    `folder` takes this run's logs and data and is emptied at start; the port is added to its name. `overrides` are
    stack settings (`cloudshelf:throttleRate` ...) for this run only. `durable` databases lose nothing when they crash.
    Stacks of one account share `aws`, started by somebody else, and `neighbours`; one that uses another's user pool has
    that one's `accounts`. `on_progress` takes what it is about while it starts. Raises OSError when the port is taken.
    """

    stack: str
    port: int
    root: Path
    folder: Path
    overrides: dict[str, str] = field(default_factory=dict)
    durable: bool = False
    aws: AwsEmulator | None = None
    neighbours: dict[str, Handler] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    on_request: Callable[[Request, Response], None] = lambda _request, _response: None
    on_mail: Callable[[Mail], None] = lambda _mail: None
    on_progress: Callable[[str], None] = lambda _what: None

    graph: Graph = field(init=False)
    world: World = field(init=False)
    shop: Shop = field(init=False)
    pollers: Pollers = field(init=False)
    _server: WsgiServer | None = field(init=False, default=None)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def domain_name(self) -> str:
        return f"127.0.0.1:{self.port}"

    def listen(self) -> None:
        """Takes the port, so that others may know it before the stack is made."""
        if self._server is None:
            self._server = WsgiServer(self.port, THREADS)
            self.port = self._server.port
            self.folder = self.folder.with_name(f"{self.folder.name}-{self.port}")

    def start(self) -> None:
        self.listen()
        self._apis = WsgiServer(0, THREADS)
        self._aws = self.aws or AwsEmulator()
        if self.aws is None:
            self._aws.start()
        try:
            self._build()
        except BaseException:
            self.stop()
            raise

    def _build(self) -> None:
        assert self._server  # noqa: S101 - listen() made it
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.on_progress("libraries of AWS Lambda's Python")
        runtime = vendor((self.root / "functions" / "requirements-runtime.txt",), artifact.HOST)
        self.world = World(
            aws=self._aws,
            port=self.port,
            apis_port=self._apis.port,
            folder=self.folder,
            runtime_root=runtime,
            durable=self.durable,
            neighbours=self.neighbours,
        )
        self._apis.start(apis(self.world))
        self.shop, self.pollers = Shop(self.world), Pollers(self.world)
        self._deploy()
        measure(self.world)
        mailbox = Mailbox()
        pages = Pages(self.stack, self.graph, self.world, mailbox, self.accounts)
        identity = IdentityFront(self._aws.endpoint, self.world.region, self.world.knows_user, mailbox, self.on_mail)
        handlers: dict[str, Handler] = {
            IDENTITY_PREFIX: identity.handle,
            RouterPages.PREFIX: RouterPages(self.world.key_value_stores, self.shop.under_way).handle,
            LocalPages.PREFIX: LocalPages(mailbox, pages.handle, partial(demo.add_admin, self.world)).handle,
            LocalPages.PREFIX.rstrip("/"): pages.entrance(self.shop.handle),
            "": self.shop.handle,
        }
        self.neighbours[self.domain_name] = self.shop.handle
        self.pollers.follow()
        self._server.start(Front(self.port, handlers, pages.log.heard_by(self.on_request)))

    def _deploy(self) -> None:
        """Fills the world, and with it the graph and the accounts."""
        self.graph = deploy(self.stack, self.root, self.world, self.overrides, self.on_progress)
        self.accounts = self.accounts or demo.create_accounts(self.world)
        self.shop.build()

    def stop(self) -> None:
        self.neighbours.pop(self.domain_name, None)
        if self._server:
            self._server.stop()
        if hasattr(self, "pollers"):
            self.pollers.stop()
        if hasattr(self, "world"):
            self.world.close()
        if hasattr(self, "_apis"):
            self._apis.stop()
            if self.aws is None:
                self._aws.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def measure(world: World) -> None:
    """What nobody tells the metrics of: levels, and what functions write into their logs."""
    world.metrics.sources.append(
        EmbeddedMetrics(world.metrics, lambda: [each.config.log_file for each in [*world.functions.deployed.values()]])
    )

    def sample() -> None:
        for identifier, connections in world.databases.connections().items():
            count_connections(world.metrics, identifier, connections)

    sampler = Sampler(sample)
    sampler.start()
    world.closing.callback(sampler.stop)


def apis(world: World) -> Apis:
    """AWS's APIs for the functions of a world."""
    log = world.log_file("refused-calls").open("a", buffering=1)
    world.closing.callback(log.close)
    placements = world.functions.placements

    def policies(function: str, service: str) -> list[Mapping[str, Any]]:
        return world.vpc.policies(placements[function], service) if function in placements else []

    return Apis(
        iam=world.iam,
        backend=world.aws.application,
        arn=world.arn,
        account_id=world.account_id,
        invoke=world.functions.invoke,
        endpoint_policies=policies,
        parameter_keys=world.parameter_keys,
        key_set=world.key_sets.published,
        log=lambda line: print(line, file=log),
    )
