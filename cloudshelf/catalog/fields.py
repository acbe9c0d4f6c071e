"""Columns, the fields of a book they give, and the rules a field's value must meet."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cloudshelf.catalog import isbn
from cloudshelf.catalog.record import Fault, Record, Unfit, shown

# Names as they compare: lower case, letters and digits only. An earlier name wins where a row fills several.
ALIASES: dict[str, tuple[str, ...]] = {
    "book_id": ("bookid",),
    "category": ("category", "categories", "genre", "genres", "subject", "section"),
    "title": ("title", "booktitle", "name", "bookname", "originaltitle"),
    "author": ("author", "authors", "bookauthor", "bookauthors", "authorname", "writer"),
    "isbn": ("isbn13", "isbn", "isbn10", "ean", "ean13"),
    "price": ("price", "unitprice", "listprice", "retailprice"),
    "stock_quantity": ("stockquantity", "stock", "quantity", "qty", "copies", "inventory"),
    "description": ("description", "summary", "blurb"),
    "image_url": ("imageurl", "image", "cover", "coverurl", "imageurll"),
}


def comparable(name: str) -> str:
    return re.sub(r"[\W_]", "", name.casefold())


@dataclass(frozen=True)
class Columns:
    """For each field the places of its columns, best first; the rest is ignored."""

    names: tuple[str, ...]
    places: Mapping[str, tuple[int, ...]]

    @classmethod
    def of(cls, names: Sequence[str], chosen: Mapping[str, str] | None = None) -> "Columns":
        """`chosen` maps a column's name to a field and wins over the known names."""
        given = {comparable(column): field for column, field in (chosen or {}).items()}
        keys = [comparable(name) for name in names]
        places = {}
        for field, aliases in ALIASES.items():
            wanted = [key for key, target in given.items() if target == field]
            known = [] if wanted else [alias for alias in aliases if alias not in given]
            found = [place for key in [*wanted, *known] for place, name in enumerate(keys) if name == key]
            if found:
                places[field] = tuple(found)
        return cls(tuple(names), places)

    @property
    def ignored(self) -> tuple[str, ...]:
        used = {place for places in self.places.values() for place in places}
        return tuple(name for place, name in enumerate(self.names) if place not in used and name.strip())

    def filled(self, field: str, cells: Sequence[str]) -> list[tuple[str, str]]:
        """The (column, text) of a field that are not blank, best first."""
        return [(self.names[place], cells[place]) for place in self.places.get(field, ()) if cells[place].strip()]

    def lines(self) -> list[str]:
        """What was made of the columns, for a person."""
        told = []
        for field, places in self.places.items():
            told.append(f"{field} <- {', else '.join(self.names[place] for place in places)}")
        return [*told, f"ignored: {', '.join(self.ignored)}"] if self.ignored else told


NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
DECIMAL_COMMA = re.compile(r"[0-9]+,[0-9]{1,2}")
LAYOUT = frozenset("\t\n\r")
# Control characters and lone surrogates: what a store, a page or JSON cannot carry.
NO_TEXT = frozenset({"Cc", "Cs"})
CENT = Decimal("0.01")

Schema = Mapping[str, Any]


def one_line(text: str) -> str:
    """Composed (NFC), and every run of space one space, so that equal titles are equal strings."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def paragraphs(text: str) -> str:
    """Composed (NFC), line breaks kept."""
    return unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").strip()


def control_faults(field: str, text: str) -> Iterator[Fault]:
    for character in text:
        if character not in LAYOUT and unicodedata.category(character) in NO_TEXT:
            code = f"U+{ord(character):04X}"
            yield Fault(f"{field} has control characters", f"{field} has the control character {code}")
            return


def limit_faults(field: str, text: str, schema: Schema) -> Iterator[Fault]:
    most = schema.get("maxLength")
    if most is not None and len(text) > most:
        yield Fault(f"{field} too long", f"{field} has {len(text)} characters, at most {most} are allowed")
    pattern = schema.get("pattern")
    if pattern is not None and not re.search(pattern, text) and not any(control_faults(field, text)):
        yield Fault(f"{field} malformed", f"{field} {shown(text)} does not match {pattern}")


def number(field: str, text: str, schema: Schema) -> Decimal | Fault:
    """The amount or count that a text says, within the contract's limits."""
    if not NUMBER.fullmatch(text):
        hint = ": write it with a point" if DECIMAL_COMMA.fullmatch(text) else ""
        return Fault(f"{field} is not a number", f"{field} {shown(text)} is not a number{hint}")
    value = Decimal(text)
    least, most = schema["minimum"], Decimal(str(schema["maximum"]))
    if not least <= value <= most:
        return Fault(f"{field} out of range", f"{field} {shown(text)} is not between {least} and {most}")
    step, allowed = (Decimal(1), "no") if schema["type"] == "integer" else (CENT, "at most two")
    if value % step:
        return Fault(f"{field} has too many decimals", f"{field} {shown(text)} has more than {allowed} decimals")
    # Adding 0 makes -0 a 0.
    return value.quantize(step) + 0


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
