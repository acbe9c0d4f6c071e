"""The shop's own functions on either side of a move, as their stacks run them."""

from typing import Any

import pytest

from tests.functions.lambdas import Answer, Lambdas
from tests.functions.stores import DynamoStore, PostgresStore, Store, use
from tests.migration.engine.move import Move


class Side:
    """Calls of the functions of one stack. Both stacks are in this process, so each call says which it is for."""

    def __init__(self, store: Store, patch: pytest.MonkeyPatch) -> None:
        self._store, self._patch = store, patch
        self._lambdas = Lambdas(store)

    @property
    def lambdas(self) -> Lambdas:
        use(self._store, self._patch)
        return self._lambdas

    def get(self, path: str, user: str | None = None) -> Any:
        answer = self.lambdas.call("GET", path, user=user)
        return answer.body if answer.status == 200 else answer.status

    def buy(self, user: str, book: str, *, key: str, quantity: int = 1) -> Answer:
        """Puts so many copies in the cart and orders them; `stock` and all else may be in the way."""
        shop = self.lambdas
        answer = shop.call("PUT", f"/cart/items/{book}", {"quantity": quantity}, user=user)
        if answer.status != 200:
            return answer
        total = shop.call("POST", "/checkout/quote", {}, user=user).body["total"]
        return shop.buy(user, expected=str(total), key=key)

    def orders(self, user: str) -> Any:
        return self.get("/orders?limit=100", user)["orders"]


class Sides:
    """`source` is phase1, `target` phase2."""

    def __init__(self, move: Move, patch: pytest.MonkeyPatch) -> None:
        self.source = Side(DynamoStore(move.client), patch)
        self.target = Side(PostgresStore(move.client, move.shop), patch)
