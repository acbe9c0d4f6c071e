"""Browsers in a shop on the local cloud: phase1, or the stacks a test names. A page that breaks a rule fails a test."""

import importlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cloudshelf.local.cloud import LocalCloud
from tests.browser.chromium import PATIENCE_MS, REQUIRED, launched, program
from tests.browser.shelves import stocked
from tests.e2e.shop import Shop

# Without these packages the tests are skipped, which is not what CI has promised.
if REQUIRED:
    for package in ("playwright", "axe_playwright_python"):
        importlib.import_module(package)

ROOT = Path(__file__).resolve().parents[2]
GENEROUS = {"cloudshelf:throttleRate": "10000", "cloudshelf:throttleBurst": "5000"}
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}
# Answers that a test asked for are reported on the console too; these are about anything else.
EXPECTED_ON_CONSOLE = "Failed to load resource"


@pytest.fixture(scope="session")
def chromium() -> str:
    return program()


@pytest.fixture(scope="session", params=["phase1"])
def cloud(
    request: pytest.FixtureRequest,
    chromium: str,  # noqa: ARG001
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[LocalCloud]:
    """A stack with books in it, started once. Not started where there is no browser for it."""
    folder = tmp_path_factory.mktemp("cloud") / request.param
    with LocalCloud(stack=request.param, port=0, root=ROOT, folder=folder, overrides=GENEROUS) as running:
        stocked(Shop(running).admin(), every=4)
        yield running


@pytest.fixture(scope="session")
def browser(chromium: str, cloud: LocalCloud) -> Iterator[Any]:  # noqa: ARG001
    """After the cloud: Pulumi's event loop cannot start in a thread where playwright's runs."""
    with launched(chromium) as running:
        yield running


@pytest.fixture(scope="session")
def admin(cloud: LocalCloud) -> Shop:
    return Shop(cloud).admin()


@pytest.fixture
def new_context(browser: Any) -> Iterator[Callable[..., Any]]:
    """Makes browsers that share nothing with each other. What goes wrong in their pages is raised at the end."""
    contexts: list[Any] = []
    faults: list[str] = []

    def make(**options: Any) -> Any:
        context = browser.new_context(**{"viewport": DESKTOP, "reduced_motion": "reduce", "locale": "en-US"} | options)
        context.set_default_timeout(PATIENCE_MS)
        context.on("weberror", lambda fault: faults.append(f"script error: {fault.error}"))
        context.on("console", lambda message: _note(message, faults))
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()
    assert not faults


def _note(message: Any, faults: list[str]) -> None:
    """A violated Content-Security-Policy is an error on the console, as is anything a script logs as one."""
    if message.type == "error" and EXPECTED_ON_CONSOLE not in message.text:
        faults.append(f"console: {message.text}")


@pytest.fixture
def reader(new_context: Callable[..., Any], cloud: LocalCloud) -> Any:
    from tests.browser.reader import Reader

    return Reader(new_context().new_page(), cloud)


@pytest.fixture
def account(cloud: LocalCloud) -> Any:
    from tests.browser.reader import new_account

    return new_account(cloud)


@pytest.fixture
def keeper(reader: Any, cloud: LocalCloud) -> Any:
    """An admin in the office."""
    from tests.browser.reader import Account

    admin = cloud.accounts["admin"]
    return reader.signs_in(Account(admin.email, admin.password, Shop(cloud)), at="/admin")
