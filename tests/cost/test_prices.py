"""The price list."""

from datetime import date, timedelta

import pytest

from cloudshelf.controls.stacks import MOVES
from cloudshelf.cost.prices import Price, PriceList, UnknownPrice, old
from cloudshelf.cost.usage import profiles
from tests.captured import STACKS
from tests.cost.conftest import Estimating

# Sizes nobody's stack file has, but a setting may name.
BY_SETTING = ("rds-db.", "api-cache-")


def test_every_price_has_a_page_of_aws_and_a_day(prices: PriceList) -> None:
    for price in prices:
        assert price.source.startswith("https://aws.amazon.com/"), price.key
        assert price.source.endswith("/pricing/") or "/pricing/" in price.source, price.key
        assert date(2020, 1, 1) < price.as_of <= date.today(), price.key
        assert price.usd > 0, price.key
        assert price.unit, price.key


def test_a_confirmed_price_says_where_it_was_read(prices: PriceList) -> None:
    assert [price.key for price in prices if price.confirmed != bool(price.read_at)] == []


def test_every_price_is_charged_in_some_stack(prices: PriceList, estimated: Estimating) -> None:
    given = [*((stack, None) for stack in STACKS), *MOVES.items()]
    charged = {
        line.price.key
        for stack, settings in given
        for profile in profiles()
        for line in estimated(stack, profile, settings).lines
    }
    dead = {price.key for price in prices} - charged
    assert {key for key in dead if not key.startswith(BY_SETTING)} <= {"queue-requests"}


def test_a_price_nobody_wrote_down_is_named(prices: PriceList) -> None:
    with pytest.raises(UnknownPrice, match=r"'rds-db\.x9\.huge': add it to prices\.yaml"):
        prices["rds-db.x9.huge"]


def test_a_price_is_old_after_a_year(prices: PriceList) -> None:
    price: Price = prices["nat-hour"]
    assert not old(price, price.as_of + timedelta(days=365))
    assert old(price, price.as_of + timedelta(days=366))
