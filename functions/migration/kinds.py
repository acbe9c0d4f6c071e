"""What an attribute may hold: read from DynamoDB's own JSON, written back as Python, and selected in PostgreSQL."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar, Protocol

from migration.faults import Fault

Wire = Mapping[str, Any]
TYPES = {
    "S": "a text",
    "N": "a number",
    "M": "a map",
    "L": "a list",
    "BOOL": "a boolean",
    "B": "bytes",
    "SS": "a set",
    "NS": "a set",
    "BS": "a set",
    "NULL": "nothing",
}
ISBN = re.compile(r"97[89][0-9]{10}")
SHOWN = 40


class Kind(Protocol):
    """`read` raises Fault for what PostgreSQL would refuse, or keep otherwise than it is; `sql` is its type there."""

    @property
    def sql(self) -> str: ...

    def read(self, wire: Wire) -> Any: ...

    def write(self, value: Any) -> Any: ...

    def select(self, column: str) -> str:
        """The column as SQL has to show it, so that JSON of it is the value."""
        ...


def content(wire: Wire, tag: str) -> Any:
    """What DynamoDB holds under this type; Fault when it is of another."""
    if tag not in wire:
        found = next(iter(wire), "NULL")
        raise Fault(f"is {TYPES.get(found, found)}, must be {TYPES[tag]}")
    return wire[tag]


@dataclass(frozen=True)
class Text:
    """At most so many characters, at least `least`, and all of it as `pattern` says."""

    sql: ClassVar[str] = 'text COLLATE "C"'
    most: int | None = None
    least: int = 1
    pattern: re.Pattern[str] | None = None
    lower: bool = False

    def read(self, wire: Wire) -> str:
        text: str = content(wire, "S")
        if self.lower:
            text = text.lower()
        if "\0" in text:
            raise Fault("has a NUL character, which PostgreSQL cannot keep")
        if len(text) < self.least:
            raise Fault("is empty")
        if self.most is not None and len(text) > self.most:
            raise Fault(f"has {len(text)} characters, {self.most} are possible")
        if self.pattern is not None and not self.pattern.fullmatch(text):
            raise Fault(f"is {text[:SHOWN]!r}, must be as {self.pattern.pattern}")
        return text

    def write(self, value: str) -> str:
        return value

    def select(self, column: str) -> str:
        return column


@dataclass(frozen=True)
class Isbn:
    """Thirteen digits; hyphens and spaces between them say nothing and are left out."""

    # The collation of the column it is looked up in; with another its index would be of no use.
    sql: ClassVar[str] = "text"

    def read(self, wire: Wire) -> str:
        text = str(content(wire, "S"))
        digits = text.replace("-", "").replace(" ", "")
        if not ISBN.fullmatch(digits):
            raise Fault(f"is {text[:SHOWN]!r}, must be an ISBN of 13 digits")
        return digits

    def write(self, value: str) -> str:
        return value

    def select(self, column: str) -> str:
        return column


@dataclass(frozen=True)
class Money:
    """An amount of whole cents with at most so many digits, as a text with two decimals."""

    sql: ClassVar[str] = "numeric"
    digits: int

    def read(self, wire: Wire) -> str:
        text = str(content(wire, "N"))
        try:
            amount = Decimal(text)
            cents = amount.scaleb(2)
            whole = int(cents)
        except (InvalidOperation, ValueError, OverflowError):
            raise Fault(f"is {text[:SHOWN]}, must be an amount") from None
        if cents != whole:
            raise Fault(f"is {text}, which is no whole number of cents")
        if not 0 <= whole < 10**self.digits:
            raise Fault(f"is {text}, must be at least 0 and less than 1e{self.digits - 2}")
        return f"{whole // 100}.{whole % 100:02}"

    def write(self, value: str) -> Decimal:
        return Decimal(value)

    def select(self, column: str) -> str:
        return f"{column}::text"


@dataclass(frozen=True)
class Whole:
    """A number without decimals."""

    sql: ClassVar[str] = "integer"
    least: int
    most: int

    def read(self, wire: Wire) -> int:
        text = str(content(wire, "N"))
        try:
            number = Decimal(text)
            whole = int(number)
        except (InvalidOperation, ValueError, OverflowError):
            raise Fault(f"is {text[:SHOWN]}, must be a number") from None
        if whole != number:
            raise Fault(f"is {text}, must be a whole number")
        if not self.least <= whole <= self.most:
            raise Fault(f"is {text}, must be from {self.least} to {self.most}")
        return whole

    def write(self, value: int) -> int:
        return value

    def select(self, column: str) -> str:
        return column


@dataclass(frozen=True)
class Stamp:
    """A time in UTC to the second, as the shop writes it. Without a zone it is UTC; parts of a second are cut off."""

    sql: ClassVar[str] = "timestamptz(0)"

    def read(self, wire: Wire) -> str:
        text = str(content(wire, "S"))
        try:
            moment = datetime.fromisoformat(text)
            utc = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        except (ValueError, OverflowError):
            raise Fault(f"is {text[:SHOWN]!r}, must be a time as 2026-01-31T12:00:00Z") from None
        return f"{utc.replace(tzinfo=None, microsecond=0).isoformat()}Z"

    def write(self, value: str) -> str:
        return value

    def select(self, column: str) -> str:
        return f"""to_char({column}, 'YYYY-MM-DD"T"HH24:MI:SS"Z"')"""


@dataclass(frozen=True)
class Day:
    """A day."""

    sql: ClassVar[str] = "date"

    def read(self, wire: Wire) -> str:
        text = str(content(wire, "S"))
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            raise Fault(f"is {text[:SHOWN]!r}, must be a day as 2026-01-31") from None

    def write(self, value: str) -> str:
        return value

    def select(self, column: str) -> str:
        return f"{column}::text"


@dataclass(frozen=True)
class OneOf:
    """One of a few words."""

    sql: ClassVar[str] = 'text COLLATE "C"'
    words: tuple[str, ...]

    def read(self, wire: Wire) -> str:
        text = str(content(wire, "S"))
        if text not in self.words:
            raise Fault(f"is {text[:SHOWN]!r}, must be one of {', '.join(self.words)}")
        return text

    def write(self, value: str) -> str:
        return value

    def select(self, column: str) -> str:
        return column


@dataclass(frozen=True)
class Document:
    """A map that is kept as it is, as JSON."""

    sql: ClassVar[str] = "jsonb"

    def read(self, wire: Wire) -> dict[str, Any]:
        content(wire, "M")
        found: dict[str, Any] = plain(wire)
        return found

    def write(self, value: dict[str, Any]) -> dict[str, Any]:
        return value

    def select(self, column: str) -> str:
        return column


def plain(wire: Wire) -> Any:
    """DynamoDB's JSON as plain JSON: texts, whole numbers, booleans, lists and maps."""
    ((tag, value),) = wire.items()
    match tag:
        case "S":
            return Text(least=0).read(wire)
        case "N":
            return Whole(-(2**53), 2**53).read(wire)
        case "BOOL":
            return bool(value)
        case "NULL":
            return None
        case "L":
            return [plain(each) for each in value]
        case "M":
            return {Text(least=0).read({"S": name}): plain(each) for name, each in value.items()}
        case _:
            raise Fault(f"has {TYPES.get(tag, tag)} in it, which JSON has not")
