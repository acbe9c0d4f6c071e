"""An AWS account on this machine, and stacks captured once."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from botocore.stub import Stubber

from cloudshelf import chosen_stack
from cloudshelf.aws_account import AwsAccount
from cloudshelf.chosen_stack import ChosenStack, choose
from cloudshelf.doctor.context import Check, Finding, Inquiry
from cloudshelf.graph.stacks import configured
from cloudshelf.local.aws import ACCESS_KEY, AwsEmulator
from settings import Settings
from tests.captured import captured

REGION = "us-east-1"


class Account(AwsAccount):
    """moto over HTTP, but for calls moto does not have: `answers` has what AWS would say, in its own shape."""

    def __init__(self, emulator: AwsEmulator) -> None:
        super().__init__(emulator.region, emulator.endpoint)
        self.emulator = emulator
        self.answers: dict[tuple[str, str], Mapping[str, Any]] = {}
        self.refusals: dict[tuple[str, str], str] = {}

    def client(self, service: str, region: str | None = None) -> Any:
        return _Client(super().client(service, region), service, self)


class _Client:
    def __init__(self, real: Any, service: str, account: Account) -> None:
        self._real, self._service, self._account = real, service, account

    def __getattr__(self, operation: str) -> Any:
        if operation == "get_paginator":
            return self._paginator
        return getattr(self._stubbed(operation), operation)

    def _paginator(self, operation: str) -> Any:
        return self._stubbed(operation).get_paginator(operation)

    def _stubbed(self, operation: str) -> Any:
        key = (self._service, operation)
        if key not in self._account.answers and key not in self._account.refusals:
            return self._real
        client = AwsAccount(self._account.region, "http://127.0.0.1:9").client(self._service)
        stubber = Stubber(client)
        if key in self._account.refusals:
            stubber.add_client_error(operation, self._account.refusals[key])
        else:
            stubber.add_response(operation, dict(self._account.answers[key]))
        stubber.activate()
        return client


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", ACCESS_KEY)
    monkeypatch.setenv("AWS_ACCOUNT_ID_ENDPOINT_MODE", "disabled")


@pytest.fixture
def emulator() -> Iterator[AwsEmulator]:
    """An account of its own for each test."""
    with AwsEmulator(REGION) as running:
        yield running


@pytest.fixture
def account(emulator: AwsEmulator, credentials: None) -> Account:  # noqa: ARG001 - it has to be there
    return Account(emulator)


Examine = Callable[..., list[Finding]]


@pytest.fixture
def examined(account: Account) -> Examine:
    """`examined(check, "phase2", natGateways="2")`: what one check finds.

    `resources` are settings the resources are captured with; most checks look at settings alone.
    """

    def run(
        check: Check, stack: str = "phase1", *, resources: Mapping[str, str] | None = None, **settings: str
    ) -> list[Finding]:
        given = {**settings, **(resources or {})}
        parsed = Settings.parse(stack, configured(stack, given))
        chosen = ChosenStack(name=stack, settings=parsed, graph=captured(stack, resources), tags=choose(stack).tags)
        return list(check(Inquiry(stack=chosen, account=account)))

    return run


@pytest.fixture(autouse=True)
def _capture_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chosen_stack, "stack_graph", captured)


def tags_of(stack: str) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in choose(stack).tags.items()]
