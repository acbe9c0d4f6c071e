"""AWS's list prices, as data with a source and a date."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from cloudshelf import yaml_file

DATA = Path(__file__).parent / "data"
OLD = timedelta(days=365)


class UnknownPrice(LookupError):
    """Something is charged for that the list has no price of; the text says what to add where."""


@dataclass(frozen=True, kw_only=True)
class Price:
    """US dollars for one `unit`. `free` is what an account has each month at no charge, in the same unit.

    `confirmed` is false for a figure nobody could read anywhere; `read_at` is where it was read, AWS's page or not.
    """

    key: str
    service: str
    item: str
    unit: str
    usd: Decimal
    free: Decimal
    source: str
    as_of: date
    confirmed: bool
    read_at: str
    note: str


class PriceList:
    """The prices of one region by their keys."""

    def __init__(self, region: str, prices: Mapping[str, Price]) -> None:
        self.region = region
        self._prices = prices

    @classmethod
    def load(cls, path: Path = DATA / "prices.yaml") -> "PriceList":
        content = yaml_file.read(path)
        return cls(content["region"], {key: _price(key, given) for key, given in content["prices"].items()})

    def __getitem__(self, key: str) -> Price:
        if key not in self._prices:
            raise UnknownPrice(f"there is no price {key!r}: add it to {(DATA / 'prices.yaml').name}, with its source")
        return self._prices[key]

    def __iter__(self) -> Iterator[Price]:
        return iter(self._prices.values())


def old(price: Price, today: date) -> bool:
    return price.as_of < today - OLD


def _price(key: str, given: Mapping[str, Any]) -> Price:
    return Price(
        key=key,
        service=given["service"],
        item=given["item"],
        unit=given["unit"],
        usd=Decimal(given["usd"]),
        free=Decimal(given.get("free", 0)),
        source=given["source"],
        as_of=given["as_of"],
        confirmed=given["confirmed"],
        read_at=given.get("read_at", ""),
        note=given.get("note", ""),
    )
