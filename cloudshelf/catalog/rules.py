"""What the contract allows in each field of a book, and what makes a text of a file fit it."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from cloudshelf.catalog.record import Fault, shown

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
    if pattern is not None and not re.search(pattern, text):
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
