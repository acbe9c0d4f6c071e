"""AWS's own APIs on this machine: a moto server on the loopback interface."""

import secrets
import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from cloudshelf.local import moto_exports, moto_streams, moto_tables
from cloudshelf.local.edge.wsgi import WsgiServer
from cloudshelf.local.iam import Iam
from cloudshelf.local.network.vpc import Instance

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

ACCESS_KEY = "local"
THREADS = 16

for part in (moto_tables, moto_streams, moto_exports):
    part.install()


class _OneAtATime:
    """moto rolls a failed transaction back by restoring whole tables, which is only right while nothing else writes."""

    def __init__(self, account_id: str) -> None:
        self._account_id = account_id
        self._app = DomainDispatcherApplication(create_backend_app)
        self.lock = threading.Lock()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        # moto has one store for the whole process, with the accounts apart in it.
        environ["HTTP_X_MOTO_ACCOUNT_ID"] = self._account_id
        with self.lock:
            return list(self._app(environ, start_response))


class AwsEmulator:
    """moto over HTTP. Use as a context manager; `endpoint` is what AWS_ENDPOINT_URL is to be.

    It is an account: `iam` knows its roles, `instances` are its RDS instances by identifier.
    """

    def __init__(self, region: str = "us-east-1") -> None:
        self.region = region
        self.account_id = f"{secrets.randbelow(10**12):012d}"
        self.iam = Iam()
        self.instances: dict[str, Instance] = {}
        self._clients: dict[str, Any] = {}
        self._making = threading.Lock()
        self.application = _OneAtATime(self.account_id)
        self._server = WsgiServer(0, THREADS)
        self.endpoint = f"http://127.0.0.1:{self._server.port}"

    def client(self, service: str) -> Any:
        """A boto3 client of this emulator, made once: clients are safe to share between threads."""
        with self._making:
            if service not in self._clients:
                # DynamoDB's account-based endpoints ignore a local endpoint for streams.
                settings = Config(account_id_endpoint_mode="disabled", retries={"max_attempts": 0})
                session: Any = boto3.Session(ACCESS_KEY, ACCESS_KEY, region_name=self.region)
                self._clients[service] = session.client(service, endpoint_url=self.endpoint, config=settings)
            return self._clients[service]

    def a_day_passes(self) -> None:
        """Streams keep what they tell for 24 hours."""
        with self.application.lock:
            moto_streams.forget(self.account_id, self.region)

    def environment(self) -> dict[str, str]:
        """What a process needs to take this emulator for AWS."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": ACCESS_KEY,
            "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
            "AWS_DEFAULT_REGION": self.region,
        }

    def start(self) -> None:
        self._server.start(self.application)

    def stop(self) -> None:
        self._server.stop()

    def __enter__(self) -> "AwsEmulator":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
