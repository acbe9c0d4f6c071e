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
from cloudshelf.migrate.endpoints import Endpoints, folder_of
from cloudshelf.migrate.engine import function_name

OPERATOR = "operator"


@dataclass(kw_only=True)
class Pair:
    """Use as a context manager. `source` moves to `target`; `port` is the shop's. `overrides` are for both stacks.

    SessionError where they cannot start.
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
        with ExitStack() as closing:
            with starting(self.port):
                self._start(closing)
            self._closing = closing.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.close()

    @property
    def url(self) -> str:
        return self.old.url

    def _start(self, closing: ExitStack) -> None:
        folder = self.folder or folder_of(self.root, self.source, self.target)
        shutil.rmtree(folder, ignore_errors=True)
        aws = closing.enter_context(AwsEmulator())
        neighbours: dict[str, Handler] = {}
        self.old, self.new = (
            LocalCloud(
                stack=stack,
                port=port,
                root=self.root,
                folder=folder / stack,
                aws=aws,
                neighbours=neighbours,
                on_request=self.on_request,
            )
            for stack, port in ((self.source, self.port), (self.target, 0))
        )
        # Each is told of the other, so the new one's port must be known before the old one is made.
        self.old.listen()
        self.new.listen()
        self.old.overrides = {**self.overrides, "cloudshelf:migrateTo": f"https://{self.new.domain_name}"}
        self.new.overrides = {**self.overrides, "cloudshelf:migrateFrom": self.source}
        closing.enter_context(self.old)
        self.new.accounts = self.old.accounts
        closing.enter_context(self.new)
        self.endpoints = self._endpoints(aws)
        written = self.endpoints.write(folder)
        closing.callback(written.unlink, missing_ok=True)

    def _endpoints(self, aws: AwsEmulator) -> Endpoints:
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
            aws=aws.endpoint,
            function=name,
            variables=world.functions.deployed[name].config.variables,
            credentials=world.iam.issue(OPERATOR, OPERATOR).environment,
        )
