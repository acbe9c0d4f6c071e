"""Each stack on the local cloud, started once; the same tests for all of them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cloudshelf.local.cloud import LocalCloud
from phases import relational
from tests.e2e.shop import Shop

ROOT = Path(__file__).resolve().parents[2]
GENEROUS = {"cloudshelf:throttleRate": "10000", "cloudshelf:throttleBurst": "5000"}
# A group is run by one worker of pytest-xdist, so that each stack is started once.
STACKS = [pytest.param(stack, marks=pytest.mark.xdist_group(stack)) for stack in ("phase1", "enhanced", "phase2")]

CAPABILITIES = {"phase1": frozenset[str](), "enhanced": relational.CAPABILITIES, "phase2": relational.CAPABILITIES}


@pytest.fixture(scope="session", params=STACKS)
def cloud(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    folder = tmp_path_factory.mktemp("cloud") / request.param
    with LocalCloud(stack=request.param, port=0, root=ROOT, folder=folder, overrides=GENEROUS) as running:
        yield running


@pytest.fixture(scope="session")
def capabilities(cloud: LocalCloud) -> frozenset[str]:
    """What the stack has beyond the first phase."""
    return CAPABILITIES[cloud.stack]


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
