"""A client of one shop: anonymous, or signed in as one user."""

import json
import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import TracebackType
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

from cloudshelf.client.contract import Contract
from cloudshelf.client.identity import Identity
from cloudshelf.client.problems import ApiProblem, InsecureShop, NoAnswer, NotAShop
from cloudshelf.client.transport import Backoff, Pause, Transport

LOCAL_SHOP = "http://127.0.0.1:8000"
LISTENER_S = 1.0
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
PATIENT = Backoff()


@dataclass(frozen=True)
class Answer:
    """What an operation answered. Numbers with a decimal point in `body` are Decimal."""

    status: int
    body: Any
    headers: Mapping[str, str]


@dataclass(frozen=True)
class _Reached:
    """The shop's own description of itself, as far as a client needs it."""

    api: str
    identity: Identity


def require_listener(url: str) -> None:
    """Raises NoAnswer at once where nothing listens at an address of this machine."""
    parts = urlsplit(url)
    if parts.hostname in LOOPBACK:
        try:
            socket.create_connection((parts.hostname, parts.port or 80), LISTENER_S).close()
        except OSError:
            origin = f"{parts.scheme}://{parts.netloc}"
            raise NoAnswer(f"nothing listens at {origin}. Open a shop in another terminal: make local") from None


class ShopClient:
    """`call` takes an operationId of the contract. Threads may share a client; close it after use."""

    def __init__(self, url: str, *, backoff: Backoff = PATIENT, pause: Pause = time.sleep) -> None:
        self.url = shop_address(url)
        parts = urlsplit(self.url)
        local = parts.hostname in LOOPBACK
        self._private = local or parts.scheme == "https"
        self._contract = Contract.load()
        # A proxy cannot reach this machine's loopback interface.
        self._transport = Transport(backoff, pause, trust_environment=not local)
        self._lock = threading.Lock()
        self._reached: _Reached | None = None

    def sign_up(self, email: str, password: str) -> None:
        self._identity().sign_up(email, password)

    def confirm_sign_up(self, email: str, code: str) -> None:
        self._identity().confirm_sign_up(email, code)

    def sign_in(self, email: str, password: str) -> None:
        self._identity().sign_in(email, password)

    def sign_out(self) -> None:
        self._identity().sign_out()

    def id_token(self) -> str | None:
        return self._identity().id_token()

    def call(self, operation_id: str, params: Mapping[str, object] | None = None, body: object = None) -> Answer:
        """The answer of an operation, or an ApiProblem. Repeated only where repeating is harmless."""
        values = params or {}
        operation = self._contract.operation(operation_id)
        placed = operation.place(values)
        reached = self._reach()
        headers = dict(placed.headers)
        if operation.secured and (token := reached.identity.id_token()):
            headers["Authorization"] = f"Bearer {token}"
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps(body, default=_number, allow_nan=False, ensure_ascii=False).encode()
        response = self._transport.send(
            operation.method,
            reached.api + placed.path,
            headers=headers,
            query=placed.query,
            data=data,
            repeatable=operation.repeatable(values),
        )
        return _answer(response)

    def close(self) -> None:
        self._transport.close()

    def __enter__(self) -> "ShopClient":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _identity(self) -> Identity:
        if not self._private:
            raise InsecureShop(f"{self.url} is not https: a password sent to it could be read on the way")
        return self._reach().identity

    def _reach(self) -> _Reached:
        with self._lock:
            if self._reached is None:
                self._reached = self._read_config()
            return self._reached

    def _read_config(self) -> _Reached:
        address = urljoin(self.url, "config.json")
        response = self._transport.send("GET", address, repeatable=True)
        config = _json(response)
        try:
            api = urljoin(self.url, config["apiBaseUrl"])
            # `//host/path` takes the shop's own scheme, so that one file serves https and the local http.
            endpoint = urljoin(self.url, config["identity"]["endpoint"])
            return _Reached(api.rstrip("/"), Identity(self._transport, endpoint, config["identity"]["clientId"]))
        except (TypeError, KeyError):
            raise NotAShop(f"{address} ({response.status_code}) is not a CloudShelf shop's configuration") from None


def shop_address(url: str) -> str:
    """Scheme and host of a shop, with a slash at the end; ValueError if it has none."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{url!r} is no address of a shop; write it as https://shop.example.com")
    return f"{parts.scheme}://{parts.netloc}/"


def _answer(response: requests.Response) -> Answer:
    body = _json(response)
    if response.status_code >= 300 and response.status_code != 304:
        raise ApiProblem.read(response.status_code, body)
    if response.content and body is None:
        raise NotAShop(f"{response.url} answered {response.status_code} without JSON")
    return Answer(response.status_code, body, response.headers)


def _json(response: requests.Response) -> Any:
    try:
        return json.loads(response.content, parse_float=Decimal) if response.content else None
    except ValueError:
        return None


def _number(value: object) -> float:
    """An amount of at most two decimals; binary floating point prints it as it was."""
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{type(value).__name__} cannot be sent as JSON")
