"""A run of the local cloud for a Pulumi engine in another terminal."""

import threading
import time
from dataclasses import asdict, dataclass, field
from typing import ClassVar

import requests

from cloudshelf.local import demo
from cloudshelf.local.engine import workspace
from cloudshelf.local.engine.cloud import EngineCloud
from cloudshelf.local.session import Session
from components import artifact
from components.vendor import Target

POLL_S = 0.5
# How long nothing was made or changed when a stack counts as complete: the engine does not tell a provider.
SETTLED_S = 2.0


@dataclass(kw_only=True)
class EngineSession(Session):
    """As a Session; what there is to open, the engine makes, as often as it is asked to."""

    artefacts: ClassVar[Target] = artifact.LAMBDA
    _fills: bool = field(default=False, init=False)
    _new_accounts: threading.Event = field(default_factory=threading.Event, init=False)

    def _make(self) -> EngineCloud:
        return EngineCloud(**self._arguments(), on_accounts=self._new_accounts.set)

    def _opened(self) -> None:
        assert isinstance(self._cloud, EngineCloud)  # noqa: S101 - _make made it
        folder = self._cloud.folder / "pulumi"
        self._workspace = workspace.prepare(folder, self.root, self.stack, self._cloud.provider.port)

    def announce(self, seconds: float) -> None:
        self.events(
            "cloud_open",
            stack=self.stack,
            url=self._cloud.url,
            live=f"{self._cloud.url}/_local/",
            seconds=round(seconds, 3),
            folder=str(self._workspace.folder.relative_to(self.root)),
            script=self._workspace.script.name,
        )
        threading.Thread(target=self._welcome, name="welcome", daemon=True).start()

    def fill(self) -> None:
        """Each time there is a shop with a new user pool."""
        self._fills = True

    def _welcome(self) -> None:
        while not self._stopping.is_set():
            if not self._new_accounts.wait(POLL_S):
                continue
            self._new_accounts.clear()
            self._credentials = demo.write_credentials(self.root, self._cloud.url, self._cloud.accounts)
            accounts = {role: asdict(account) for role, account in self._cloud.accounts.items()}
            self.events("accounts", url=self._cloud.url, accounts=accounts)
            if self._wait_until_complete() and self._fills:
                super().fill()

    def _wait_until_complete(self) -> bool:
        """Whether it is before there are other accounts, or none."""
        assert isinstance(self._cloud, EngineCloud)  # noqa: S101 - _make made it
        while not self._stopping.wait(POLL_S) and not self._new_accounts.is_set() and self._cloud.accounts:
            if time.monotonic() - self._cloud.changed_at > SETTLED_S and self._sells():
                return True
        return False

    def _sells(self) -> bool:
        try:
            return requests.get(f"{self._cloud.url}/api/v1/books", timeout=30).ok
        except requests.RequestException:
            return False
