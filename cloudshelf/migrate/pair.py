"""Two stacks of one account on this machine: the old shop on the port shoppers know, the new one beside it."""

import json
import shutil
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from cloudshelf.local.aws import AwsEmulator
from cloudshelf.local.cloud import LocalCloud
from cloudshelf.local.edge.server import Handler
from cloudshelf.local.gateway.messages import Request, Response
from cloudshelf.local.session import starting
from cloudshelf.migrate.backends import Endpoints, folder_of
from cloudshelf.migrate.engine import function_name

OPERATOR = "operator"


@dataclass(kw_only=True)
class Pair:
    """Use as a context manager. `source` moves to `target`; `port` is the shop's. `overrides` are for both stacks.

    The new stack is there from `open_new` on. SessionError where a stack cannot start.
    """

    source: str
    target: str
    port: int
    root: Path
    folder: Path | None = None
    overrides: Mapping[str, str] = field(default_factory=dict)
    on_request: Callable[[Request, Response], None] = lambda _request, _response: None

    old: LocalCloud = field(init=False)
    new: LocalCloud = field(init=False)
    endpoints: Endpoints = field(init=False)

    def __enter__(self) -> "Pair":
        """Opens the old shop."""
        with ExitStack() as closing, starting(self.port):
            self._prepare(closing)
            self.old.start()
            self._closing = closing.pop_all()
        return self

    def open_new(self) -> None:
        """Makes the new stack, a day after whatever the old one did so far: its streams tell of nothing before."""
        self._aws.a_day_passes()
        self.new.accounts = self.old.accounts
        with starting(0):
            self.new.start()
        self.endpoints = self._endpoints()
        written = self.endpoints.write(self._folder)
        self._closing.callback(written.unlink, missing_ok=True)

    def __exit__(self, *_: object) -> None:
        self._closing.close()

    @property
    def url(self) -> str:
        return self.old.url

    def _prepare(self, closing: ExitStack) -> None:
        self._folder = self.folder or folder_of(self.root, self.source, self.target)
        self._aws = closing.enter_context(AwsEmulator())
        neighbours: dict[str, Handler] = {}
        self.old, self.new = (
            LocalCloud(
                stack=stack,
                port=port,
                root=self.root,
                folder=self._folder / stack,
                aws=self._aws,
                neighbours=neighbours,
                on_request=self.on_request,
            )
            for stack, port in ((self.source, self.port), (self.target, 0))
        )
        # Each is told of the other, so the new one's port must be known before the old one is made.
        for cloud in (self.old, self.new):
            cloud.listen()
            # Nobody comes back to a port that was anyone; what another pair has in its folders is its own.
            if cloud.port != self.port:
                closing.callback(shutil.rmtree, cloud.folder, ignore_errors=True)
            closing.callback(cloud.stop)
        self.old.overrides = {**self.overrides, "cloudshelf:migrateTo": f"https://{self.new.domain_name}"}
        self.new.overrides = {**self.overrides, "cloudshelf:migrateFrom": self.source}

    def _endpoints(self) -> Endpoints:
        world, name = self.new.world, function_name(self.target)
        statement = {
            "Effect": "Allow",
            "Action": "lambda:InvokeFunction",
            "Resource": world.arn("lambda", f"function:{name}"),
        }
        world.iam.attach(OPERATOR, json.dumps({"Statement": [statement]}))
        return Endpoints(
            source=self.source,
            target=self.target,
            url=self.old.url,
            target_url=self.new.url,
            region=world.region,
            services=f"http://127.0.0.1:{world.apis_port}",
            aws=self._aws.endpoint,
            function=name,
            variables=world.functions.deployed[name].config.variables,
            credentials=world.iam.issue(OPERATOR, OPERATOR).environment,
        )
