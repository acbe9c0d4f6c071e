"""What tests of several folders share: the PostgreSQL server and a database of it."""

from functools import cache
from pathlib import Path

import botocore.loaders
import pytest
from hypothesis import settings

from cloudshelf.garbage import look_seldom
from cloudshelf.local.isolation import isolate
from tests.postgres.servers import empty, server, shop

__all__ = ["empty", "server", "shop"]

TESTS = Path(__file__).parent
# These look at the same graphs, which one process need not make twice.
OF_GRAPHS = {"cost", "docs", "infra", "policies", "topology", "trace"}

look_seldom()
# Proxies, profiles and endpoints of whoever runs the tests are none of theirs.
isolate()

# botocore reads its descriptions of services anew for each session: megabytes of JSON.
botocore.loaders.create_loader = cache(botocore.loaders.create_loader)

# How long an example takes is this machine's affair.
settings.register_profile("any speed", deadline=None)
settings.load_profile("any speed")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "stores(*names): the stores a test is for; for all without it")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.relative_to(TESTS).parts[0] in OF_GRAPHS:
            item.add_marker(pytest.mark.xdist_group("graphs"))
