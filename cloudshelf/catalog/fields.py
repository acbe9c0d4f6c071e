"""The fields of one row, each read by the contract's limits; what is wrong with them is collected."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from cloudshelf.catalog import isbn
from cloudshelf.catalog.columns import Columns
from cloudshelf.catalog.record import Fault, Record, Unfit
from cloudshelf.catalog.rules import control_faults, limit_faults, number, one_line, paragraphs

FOREIGN_IMAGE = "taken without image_url: it is not a path on the shop's own host"

Limits = Mapping[str, Mapping[str, Any]]


class Fields:
    """Each method answers None where there is nothing that can be used; `faults` says whether that is wrong."""

    def __init__(self, limits: Limits, defaults: Mapping[str, str], columns: Columns, record: Record) -> None:
        self._limits, self._defaults = limits, defaults
        self._columns, self._record = columns, record
        self.faults: list[Fault] = []
        self.notes: list[str] = []

    def found(self, name: str) -> str:
        """The text of a row's best column for a field, else the default."""
        filled = self._columns.filled(name, self._record.cells)
        return filled[0][1] if filled else self._defaults.get(name, "")

    def label(self, name: str) -> str | None:
        """A text of one line that must not be missing."""
        text = self._text(name, one_line)
        if text == "":
            self.faults.append(Fault(f"{name} missing", f"{name} is missing"))
        return text

    def prose(self, name: str) -> str | None:
        return self._text(name, paragraphs) or None

    def amount(self, name: str) -> Decimal | None:
        text = self.found(name)
        if isinstance(text, Unfit):
            self.faults.append(Fault(f"{name} is not a number", f"{name} must be a number, not {text}"))
            return None
        if not (bare := text.strip()):
            self.faults.append(Fault(f"{name} missing", f"{name} is missing"))
            return None
        value = number(name, bare, self._limits[name])
        if isinstance(value, Fault):
            self.faults.append(value)
            return None
        return value

    def count(self, name: str) -> int | None:
        value = self.amount(name)
        return None if value is None else int(value)

    def isbn(self) -> str | None:
        code, faults = isbn.agree(self._columns.filled("isbn", self._record.cells))
        self.faults += faults
        return code

    def image(self) -> str | None:
        """An image elsewhere is no reason against the book: the storefront draws a cover."""
        text = self.found("image_url").strip()
        if text and any(limit_faults("image_url", text, self._limits["image_url"])):
            self.notes.append(FOREIGN_IMAGE)
            return None
        return text or None

    def _text(self, name: str, tidy: Callable[[str], str]) -> str | None:
        raw = self.found(name)
        if isinstance(raw, Unfit):
            self.faults.append(Fault(f"{name} is no text", f"{name} must be a text, not {raw}"))
            return None
        text = tidy(raw)
        self.faults += control_faults(name, raw)
        self.faults += limit_faults(name, text, self._limits[name]) if text else ()
        return text
