"""Shoppers at a shop that runs, and what they remember."""

import json
import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from click.testing import CliRunner

from cloudshelf.client import Answer, ApiProblem, NoAnswer, ShopClient
from cloudshelf.load import Event, Load, Outcome, audit
from cloudshelf.load import load as load_module
from cloudshelf.load.command import load
from cloudshelf.local.cloud import LocalCloud
from cloudshelf.terminal import Account

pytestmark = pytest.mark.xdist_group("load")
LONG_S = 120


class Until:
    """Hears every event; `reached` once so many answers of an operation had a status."""

    def __init__(self, operation: str, status: int, count: int) -> None:
        self._wanted, self._left, self._lock = (operation, status), count, threading.Lock()
        self.reached = threading.Event()
        self.events: list[Event] = []

    def __call__(self, event: Event) -> None:
        with self._lock:
            self.events.append(event)
            self._left -= (event.operation, event.status) == self._wanted
            if self._left <= 0:
                self.reached.set()


def run(cloud: LocalCloud, admin: Account, until: Until, **options: Any) -> Outcome:
    loading = Load(cloud.url, admin=admin, on_event=until, **{"shoppers": 3, **options})
    loading.start()
    assert until.reached.wait(LONG_S)
    return loading.stop()


@pytest.fixture(scope="module")
def bought(cloud: LocalCloud, admin: Account) -> tuple[Outcome, Until]:
    until = Until("cancelOrder", 200, 2)
    return run(cloud, admin, until), until


def test_every_order_a_shopper_was_told_of_is_there(
    cloud: LocalCloud, admin: Account, bought: tuple[Outcome, Until]
) -> None:
    outcome, _ = bought
    compared = audit(cloud.url, outcome, admin)
    assert compared.findings == ()
    assert compared.compared == len(outcome.sales) > 2
    assert sum(sale.cancelled is True for sale in outcome.sales) >= 2
    assert (outcome.unclear, outcome.faults, outcome.failures) == ((), (), 0)


def test_the_figures_count_what_was_heard(bought: tuple[Outcome, Until]) -> None:
    outcome, until = bought
    assert outcome.requests == len(until.events)
    created = outcome.operations["createOrder"]
    assert created.statuses[201] == len(outcome.sales)
    assert 0 < created.p50 <= created.p95 <= created.p99 <= created.most
    assert {"signUp", "signIn", "listBooks", "setCartItem", "quoteCheckout"} <= outcome.operations.keys()
    assert outcome.as_dict()["orders"]["acknowledged"] == len(outcome.sales)


def test_a_lost_order_a_changed_one_and_one_nobody_knows_are_found(
    cloud: LocalCloud, admin: Account, bought: tuple[Outcome, Until]
) -> None:
    outcome, _ = bought
    first, second, third, *rest = outcome.sales
    told = (
        replace(first, order_id="order-2020-01-01-gone"),
        replace(second, total=second.total + 1, cancelled=second.cancelled is not True),
        *rest,
    )
    compared = audit(cloud.url, replace(outcome, sales=told), admin)
    assert len(compared.lost) == 1
    assert "order-2020-01-01-gone" in compared.lost[0]
    assert {finding.split()[0] for finding in compared.doubled} == {first.order_id, third.order_id}
    assert [finding.split()[0] for finding in compared.changed] == [second.order_id] * 2


def test_a_missing_copy_is_found(cloud: LocalCloud, admin: Account, bought: tuple[Outcome, Until]) -> None:
    outcome, _ = bought
    book = next(iter(outcome.shelf))
    compared = audit(cloud.url, replace(outcome, shelf={**outcome.shelf, book: outcome.shelf[book] + 1}), admin)
    assert [finding.split(":")[0] for finding in compared.copies] == [book]


def test_an_answer_lost_on_the_way_back_is_asked_for_with_the_same_key(
    cloud: LocalCloud, admin: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys: list[str] = []

    class Forgetful(ShopClient):
        """Loses every other answer to a shopper who buys or cancels."""

        def call(self, operation_id: str, params: Mapping[str, object] | None = None, body: object = None) -> Answer:
            answer = super().call(operation_id, params, body)
            if operation_id in ("createOrder", "cancelOrder"):
                key = str(sorted((params or {}).items()))
                keys.append(key)
                if keys.count(key) == 1:
                    raise NoAnswer("lost on the way")
            return answer

    monkeypatch.setattr(load_module, "ShopClient", Forgetful)
    outcome = run(cloud, admin, Until("cancelOrder", 200, 1))
    assert audit(cloud.url, outcome, admin).findings == ()
    assert outcome.operations["createOrder"].statuses[0] == len(outcome.sales)
    assert outcome.unclear == ()


def test_a_wish_without_an_answer_is_neither_lost_nor_doubled(
    cloud: LocalCloud, admin: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Mute(ShopClient):
        def call(self, operation_id: str, params: Mapping[str, object] | None = None, body: object = None) -> Answer:
            answer = super().call(operation_id, params, body)
            if operation_id == "createOrder":
                raise NoAnswer("lost on the way")
            return answer

    monkeypatch.setattr(load_module, "ShopClient", Mute)
    outcome = run(cloud, admin, Until("createOrder", 0, 3), patience_s=0)
    assert (len(outcome.sales), len(outcome.unclear) >= 3, outcome.gave_up >= 3) == (0, True, True)
    assert audit(cloud.url, outcome, admin).findings == ()
    assert len(audit(cloud.url, replace(outcome, unclear=()), admin).doubled) == len(outcome.unclear)


def test_a_busy_shop_is_asked_again_and_a_refusal_is_not(
    cloud: LocalCloud, admin: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Busy(ShopClient):
        asked = 0

        def call(self, operation_id: str, params: Mapping[str, object] | None = None, body: object = None) -> Answer:
            if operation_id == "listCategories":
                Busy.asked += 1
                if Busy.asked == 1:
                    raise ApiProblem(429, "too_many_requests", "slow down")
            if operation_id == "getBook" and Busy.asked >= 2:
                raise ApiProblem(403, "forbidden", "not you")
            return super().call(operation_id, params, body)

    monkeypatch.setattr(load_module, "ShopClient", Busy)
    outcome = run(cloud, admin, Until("getBook", 403, 1), shoppers=1)
    assert outcome.operations["listCategories"].statuses == {200: 1, 429: 1}
    assert outcome.operations["getBook"].statuses == {403: 1}
    assert outcome.faults == ("shopper 0: ApiProblem: 403 forbidden: not you",)


def test_without_books_of_its_own_the_load_buys_what_it_finds_and_the_same_seed_decides_the_same(
    cloud: LocalCloud, admin: Account
) -> None:
    shelf = Load(cloud.url, 0, admin=admin, books=3, copies=500)
    shelf.start()

    def operations(seed: int) -> list[str]:
        until = Until("createOrder", 201, 2)
        loading = Load(cloud.url, 1, seed, on_event=until)
        loading.start()
        assert until.reached.wait(LONG_S)
        outcome = loading.stop()
        assert audit(cloud.url, outcome).findings == ()
        return [event.operation for event in until.events[:20]]

    assert operations(7) == operations(7) != operations(8)
    shelf.clear()


def test_the_command_says_what_was_compared(cloud: LocalCloud, admin: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cloudshelf.load.command.local_admin", lambda _url: admin)
    result = CliRunner().invoke(load, [cloud.url, "--shoppers", "2", "--seconds", "1", "--json"])
    assert result.exit_code == 0, result.output
    said = json.loads(result.output)
    assert said["audit"] == {
        "compared": said["orders"]["acknowledged"], "lost": [], "doubled": [], "changed": [], "copies": []
    }  # fmt: skip


@pytest.mark.parametrize("url", ["https://shop.example.com", "shop"])
def test_shops_elsewhere_are_refused(url: str) -> None:
    result = CliRunner().invoke(load, [url])
    assert result.exit_code == 2
    assert url in result.output
