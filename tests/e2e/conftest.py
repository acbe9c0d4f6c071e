"""phase1 on the local cloud, started once."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cloudshelf.local.cloud import LocalCloud
from tests.e2e.shop import Shop

ROOT = Path(__file__).resolve().parents[2]
GENEROUS = {"cloudshelf:throttleRate": "10000", "cloudshelf:throttleBurst": "5000"}


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    folder = tmp_path_factory.mktemp("cloud") / "phase1"
    with LocalCloud(stack="phase1", port=0, root=ROOT, folder=folder, overrides=GENEROUS) as running:
        yield running


@pytest.fixture
def anybody(cloud: LocalCloud) -> Shop:
    return Shop(cloud)


@pytest.fixture
def shopper(cloud: LocalCloud) -> Shop:
    return Shop(cloud).sign_up()


@pytest.fixture
def new_shopper(cloud: LocalCloud) -> Callable[[], Shop]:
    return lambda: Shop(cloud).sign_up()


@pytest.fixture(scope="session")
def admin(cloud: LocalCloud) -> Shop:
    return Shop(cloud).admin()
