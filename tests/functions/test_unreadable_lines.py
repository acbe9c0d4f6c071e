"""A line of a cart that somebody broke by hand: its shopper has a cart without it, and somebody is told."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from shared import clock

from cloudshelf.local.aws import AwsEmulator
from components.operations.dashboards import OWN_METRICS
from tests.functions.lambdas import Lambdas, somebody
from tests.functions.stores import ITEMS, PHASE1

BROKEN: tuple[Mapping[str, Any], ...] = (
    {"quantity": {"S": "many"}},
    {"quantity": {"N": "-1"}},
    {"price": {"S": "free"}, "book_price": {"S": "free"}},
    {"price": {"N": "-5"}, "book_price": {"N": "-5"}},
    {"price": {"L": []}, "book_price": {"L": []}},
    {"price": {"S": "NaN"}, "book_price": {"S": "NaN"}},
    {"title": None, "book_title": None},
)
WHOLE = {
    "category": {"S": "Test"},
    "title": {"S": "A book"},
    "book_title": {"S": "A book"},
    "price": {"N": "10.00"},
    "book_price": {"N": "10.00"},
    "quantity": {"N": "1"},
}


def spoil(emulator: AwsEmulator, lambdas: Lambdas, shopper: str, book: str, change: Mapping[str, Any]) -> None:
    """Adds the line as it would be written with boto3, in the store's layout."""
    line = {name: value for name, value in {"book_id": {"S": book}, **WHOLE, **change}.items() if value is not None}
    dynamodb = emulator.client("dynamodb")
    if lambdas.store.name == "postgres":
        dynamodb.put_item(TableName=f"{ITEMS}-carts", Item={"user_id": {"S": shopper}, **line})
        return
    dynamodb.update_item(
        TableName=f"{PHASE1}-carts",
        Key={"user_id": {"S": shopper}, "cart_id": {"S": "active"}},
        UpdateExpression="SET #items = list_append(#items, :line)",
        ExpressionAttributeNames={"#items": "items"},
        ExpressionAttributeValues={":line": {"L": [{"M": line}]}},
    )


@pytest.mark.parametrize("change", BROKEN, ids=str)
def test_the_other_lines_are_still_in_the_cart_and_can_be_bought(
    lambdas: Lambdas, emulator: AwsEmulator, change: Mapping[str, Any]
) -> None:
    shopper, good = somebody(), lambdas.new_book()
    lambdas.fill(shopper, **{good: 1})
    spoil(emulator, lambdas, shopper, lambdas.new_book(), change)
    assert lambdas.cart_of(shopper) == {good: 1}
    assert lambdas.buy(shopper, expected="16.79", key="k").status == 201
    assert lambdas.cart_of(shopper) == {}


def test_it_is_logged_by_ids_alone_and_counted_as_the_alarm_expects(
    lambdas: Lambdas,
    emulator: AwsEmulator,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    shopper, good = somebody(), lambdas.new_book()
    lambdas.fill(shopper, **{good: 1})
    spoil(emulator, lambdas, shopper, "book-broken", {"quantity": {"S": "many"}})
    capsys.readouterr()
    caplog.clear()
    assert lambdas.cart_of(shopper) == {good: 1}
    (said,) = [vars(record) for record in caplog.records if record.levelname == "ERROR"]
    assert (said["msg"], said["user_id"], said["book_id"]) == ("cart line unreadable", shopper, "book-broken")
    assert "many" not in str(said)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]
    (counted,) = [line["_aws"]["CloudWatchMetrics"][0] for line in lines]
    assert [metric["Name"] for metric in counted["Metrics"]] == list(OWN_METRICS["carts"])
    assert counted["Dimensions"] == [["FunctionName", "service"]]


@pytest.mark.stores("postgres")
def test_the_row_stays_until_somebody_looks_at_it_or_the_shopper_puts_the_book_in_anew(
    lambdas: Lambdas, emulator: AwsEmulator
) -> None:
    shopper, good, bad = somebody(), lambdas.new_book(), lambdas.new_book()
    lambdas.fill(shopper, **{good: 1})
    spoil(emulator, lambdas, shopper, bad, {"quantity": {"S": "many"}})
    lambdas.fill(shopper, **{good: 2})
    assert {row["book_id"] for row in lambdas.store.cart_rows(shopper)} >= {good, bad}
    lambdas.fill(shopper, **{bad: 3})
    assert lambdas.cart_of(shopper) == {good: 2, bad: 3}


@pytest.mark.stores("dynamodb")
def test_a_cart_of_which_nothing_can_be_known_is_an_error(lambdas: Lambdas, emulator: AwsEmulator) -> None:
    shopper = somebody()
    item = {"user_id": shopper, "cart_id": "active", "version": "many"}
    row: dict[str, Any] = {name: {"S": value} for name, value in item.items()} | {"items": {"L": []}}
    row |= {"expires_at": {"N": str(int(clock.now().timestamp()) + 60)}}
    emulator.client("dynamodb").put_item(TableName=f"{PHASE1}-carts", Item=row)
    assert lambdas.call("GET", "/cart", user=shopper).code == "internal_error"
