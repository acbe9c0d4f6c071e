from collections.abc import Iterator

import pytest

from tests.catalog.fake_shop import FakeShop, served


@pytest.fixture
def shop() -> Iterator[FakeShop]:
    with served(FakeShop()) as running:
        yield running
