"""The catalogue and the back office on PostgreSQL alone, without DynamoDB beside it."""

import pytest

from tests.functions.lambdas import Lambdas
from tests.functions.stores import PostgresStore, use
from tests.postgres.marks import database, relay
from tests.postgres.servers import Shop

__all__ = ["database", "relay"]


@pytest.fixture(autouse=True)
def _logged_as_a_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "test")


@pytest.fixture
def lambdas(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Lambdas:
    """Named as in the tests over both stores."""
    store = PostgresStore(None, shop)
    use(store, monkeypatch, services=("books", "admin"))
    return Lambdas(store)
