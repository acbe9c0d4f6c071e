"""What tests of several folders share: the PostgreSQL server and a database of it."""

import pytest

from tests.postgres.servers import empty, server, shop

__all__ = ["empty", "server", "shop"]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "stores(*names): the stores a test is for; for all without it")
