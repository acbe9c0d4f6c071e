"""A stack's life under the real engine. The tests are one story, in this order."""

import pytest

from tests.e2e.shop import Shop
from tests.engine.conftest import Engine

SETTING = "cloudshelf:throttleRate"
# What depends on the rate.
THROTTLED = {
    "phase1": {"rest-settings": "update"},
    "enhanced": {"rest-settings": "update"},
    "phase2": {"rest-settings": "update", "keys-storefront-plan": "update"},
}
# An account has one of each: other APIs may log with the role, and other stacks rely on the detector.
RETAINED = {
    "api-gateway-account",
    "api-gateway-logs",
    "api-gateway-role",
    "threats-detector",
    "threats-lambda-network-logs",
    "threats-rds-login-events",
    "threats-s3-data-events",
}


@pytest.fixture(scope="session")
def shop(engine: Engine) -> Shop:
    """Open: the stack is up."""
    engine.up()
    return Shop(engine.cloud)


def test_a_preview_of_an_empty_cloud_passes_the_policy_pack(engine: Engine) -> None:
    said = engine.run("preview", "--policy-pack", "policies")
    assert "cloudshelf@v" in said
    assert "[mandatory]" not in said
    assert " to create" in said
    assert engine.cloud.graph.nodes == {}


def test_the_shop_that_up_made_sells(shop: Shop) -> None:
    admin, shopper = Shop(shop.cloud).admin(), Shop(shop.cloud).sign_up()
    book = admin.new_book(price=10, stock=5)
    shopper.call("PUT", f"/cart/items/{book}", {"quantity": 2})
    bought = shopper.buy(expected=shopper.call("POST", "/checkout/quote").json()["total"])
    assert bought.status_code == 201, bought.text
    assert shop.call("GET", f"/books/{book}").json()["stock_quantity"] == 3
    assert shop.http.get(shop.cloud.url, timeout=30).ok


def test_nothing_differs_after_up(engine: Engine, shop: Shop) -> None:  # noqa: ARG001
    assert engine.preview() == {}
    assert "~" not in engine.run("refresh", "--yes", "--skip-preview").rpartition("Resources:")[2]


def test_a_changed_function_and_setting_change_what_they_must_and_no_data(engine: Engine, shop: Shop) -> None:
    admin = Shop(shop.cloud).admin()
    book = admin.new_book(stock=5)
    handler = engine.root / "functions" / "carts" / "handler.py"
    handler.write_text(handler.read_text() + '\nprint("this is another one")\n')
    engine.run("config", "set", SETTING, "77")

    assert engine.preview() == {"carts-function": "update", **THROTTLED[engine.stack]}
    engine.up()

    assert shop.call("GET", f"/books/{book}").json()["stock_quantity"] == 5
    shopper = Shop(shop.cloud).sign_up()
    assert shopper.call("PUT", f"/cart/items/{book}", {"quantity": 1}).ok
    log = engine.cloud.world.log_file(engine.cloud.graph.named("carts-function").inputs["name"])
    assert "this is another one" in log.read_text()
    (api,) = engine.cloud.world.rest_apis.values()
    assert api.stages["api"].settings["*/*"].rate == 77
    assert engine.preview() == {}


def test_a_protected_shop_is_not_destroyed(engine: Engine, shop: Shop) -> None:
    said = engine.run("destroy", "--yes", fails=True)
    assert "cannot be deleted" in said
    assert shop.call("GET", "/books").ok


def test_nothing_is_left_after_destroy(engine: Engine, shop: Shop) -> None:
    engine.run("config", "set", "cloudshelf:protectData", "false")
    engine.up()
    engine.run("destroy", "--yes", "--skip-preview")
    assert {node.name for node in engine.cloud.graph.nodes.values()} <= RETAINED
    world = engine.cloud.world
    left = (world.functions.deployed, world.databases.instances, world.distributions, world.rest_apis)
    assert not any(left)
    assert world.aws.client("dynamodb").list_tables()["TableNames"] == []
    assert world.aws.client("s3").list_buckets()["Buckets"] == []
    assert shop.http.get(shop.cloud.url, timeout=30).status_code == 503
