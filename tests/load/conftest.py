"""A shop for shoppers by the dozen: phase1, started once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cloudshelf.local.cloud import LocalCloud
from cloudshelf.terminal import Account

ROOT = Path(__file__).resolve().parents[2]
GENEROUS = {"cloudshelf:throttleRate": "10000", "cloudshelf:throttleBurst": "5000"}


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    folder = tmp_path_factory.mktemp("load") / "phase1"
    with LocalCloud(stack="phase1", port=0, root=ROOT, folder=folder, overrides=GENEROUS) as running:
        yield running


@pytest.fixture(scope="session")
def admin(cloud: LocalCloud) -> Account:
    known = cloud.accounts["admin"]
    return Account(known.email, known.password)
