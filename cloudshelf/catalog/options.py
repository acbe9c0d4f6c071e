"""The options of an import that say how to read the file."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import click

from cloudshelf.catalog.fields import ALIASES, Columns, Fields, comparable
from cloudshelf.catalog.record import Record
from cloudshelf.catalog.validation import Judge

DEFAULTS = {"price": "default_price", "stock_quantity": "default_stock", "category": "default_category"}


class UnusableChoice(Exception):
    """An option, or the lack of one, with which no row could be imported."""


@dataclass(frozen=True)
class Choices:
    """`schema` is the contract's NewBook."""

    schema: Mapping[str, Any]
    defaults: Mapping[str, str]
    chosen: Mapping[str, str]

    @classmethod
    def of(cls, schema: Mapping[str, Any], options: Mapping[str, Any]) -> "Choices":
        defaults = {name: options[option] for name, option in DEFAULTS.items() if options[option] is not None}
        _check_defaults(schema, defaults)
        return cls(schema, defaults, dict(_pair(each) for each in options["mapping"]))

    def judge(self) -> Judge:
        return Judge(self.schema, self.defaults, self.chosen)

    def tell(self, names: tuple[str, ...]) -> None:
        """What was made of the columns, for a person."""
        for line in Columns.of(names, self.chosen).lines():
            click.echo(f"  {line}", err=True)

    def check_header(self, names: tuple[str, ...]) -> None:
        """UnusableChoice if every row of a CSV file would be rejected."""
        known = {comparable(name) for name in names}
        for column in self.chosen:
            if comparable(column) not in known:
                raise UnusableChoice(f"--map {column}: the file has no such column; it has {', '.join(names)}")
        columns = Columns.of(names, self.chosen)
        for name in self.schema["required"]:
            if name != "book_id" and name not in columns.places and name not in self.defaults:
                default = f" or give --{DEFAULTS[name].replace('_', '-')}" if name in DEFAULTS else ""
                raise UnusableChoice(f"The file has no column for {name}. Name it with --map COLUMN={name}{default}.")


def _check_defaults(schema: Mapping[str, Any], defaults: Mapping[str, str]) -> None:
    fields = Fields(schema["properties"], defaults, Columns.of(()), Record(0))
    for name in defaults:
        if schema["properties"][name]["type"] == "string":
            fields.label(name)
        else:
            fields.amount(name)
        if fields.faults:
            raise UnusableChoice(f"--{DEFAULTS[name].replace('_', '-')}: {fields.faults[0].text}")


def _pair(text: str) -> tuple[str, str]:
    column, _, field = text.rpartition("=")
    if not column or field not in ALIASES:
        raise UnusableChoice(f"--map {text}: write COLUMN=FIELD, FIELD being one of {', '.join(ALIASES)}")
    return column, field
