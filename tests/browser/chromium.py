"""Finding and starting the Chromium of this machine."""

import importlib.util
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# CI and root's containers have no user namespaces for Chromium's sandbox; the pages under test are our own.
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]
PATIENCE_MS = 10_000
REQUIRED = os.environ.get("REQUIRE_BROWSER") == "1"


def program() -> str:
    """Chromium's path. Without one the tests are skipped, or fail where CI has promised one."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        _missing("no Chromium is installed (Debian: apt-get install chromium; or set CHROMIUM to its path)")
    if importlib.util.find_spec("playwright") is None:
        _missing("playwright is not installed (make install does it with the other development tools)")
    return str(found)


def _missing(what: str) -> None:
    message = f"The storefront is not tested in a browser: {what}"
    if REQUIRED:
        pytest.fail(message, pytrace=False)
    pytest.skip(message)


@contextmanager
def launched(path: str) -> Iterator[Any]:
    """A headless Chromium."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()
