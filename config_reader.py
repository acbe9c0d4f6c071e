"""Reads configuration texts as types, and names what is wrong with them."""

import difflib
import json
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TypeVar

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")


COMMANDS = {
    "set": "Set it with: pulumi config set cloudshelf:{key} <value>",
    "list": "Set its first with: pulumi config set --path 'cloudshelf:{key}[0]' <value>",
    "remove": "Remove it with: pulumi config rm cloudshelf:{key}",
}


class SettingError(ValueError):
    """A setting is missing, misspelt or out of range; the text names the key, what it must be, and the remedy."""

    def __init__(self, key: str, problem: str, command: str = "set") -> None:
        super().__init__(f"cloudshelf:{key}: {problem}. {COMMANDS[command].format(key=key)}")


class Reader:
    """Every method takes a key and answers its value or raises SettingError. Remembers which keys were asked for."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self._given = given
        self._known: set[str] = set()

    def text(self, key: str) -> str:
        self._known.add(key)
        if key not in self._given:
            close = difflib.get_close_matches(key, self._given, n=1)
            hint = f"; did you mean it with cloudshelf:{close[0]}" if close else ""
            raise SettingError(key, f"is not set{hint}")
        return self._given[key]

    def boolean(self, key: str) -> bool:
        return self._parsed(key, {"true": True, "false": False}.get(self.text(key)), "true or false")

    def integer(self, key: str, least: int, most: int) -> int:
        text = self.text(key)
        value = int(text) if re.fullmatch(r"-?\d{1,9}", text) else None
        return self._parsed(
            key, value if value is not None and least <= value <= most else None, f"between {least} and {most}"
        )

    def one_of(self, key: str, allowed: tuple[int, ...]) -> int:
        values = {str(value): value for value in allowed}
        return self._parsed(key, values.get(self.text(key)), f"one of {', '.join(values)}")

    def decimal(self, key: str, least: Decimal, most: Decimal) -> Decimal:
        try:
            value = Decimal(self.text(key))
        except InvalidOperation:
            value = Decimal("NaN")
        fits = value.is_finite() and least <= value <= most
        return self._parsed(key, value if fits else None, f"a decimal between {least} and {most}, such as 0.08")

    def choice(self, key: str, kind: type[E], default: str | None = None) -> E:
        text = self.text(key) if default is None else (self._optional(key) or default)
        return self._parsed(key, {member.value: member for member in kind}.get(text), " or ".join(kind), text)

    def matching(self, key: str, pattern: str, wanted: str) -> str:
        """The whole text fits `pattern`. One that begins with `|` allows the empty text and a missing key."""
        text = self._optional(key) if pattern.startswith("|") else self.text(key)
        return self._parsed(key, text if re.fullmatch(pattern, text) else None, wanted)

    def texts(self, key: str, pattern: str, wanted: str) -> tuple[str, ...]:
        """A JSON array of different texts that fit `pattern`, as Pulumi hands arrays over."""
        try:
            values = json.loads(self.text(key))
        except ValueError:
            values = None
        fits = isinstance(values, list) and all(isinstance(v, str) and re.fullmatch(pattern, v) for v in values)
        fits = fits and len(set(values)) == len(values)
        return self._parsed(key, tuple(values) if fits else None, f"a list of {wanted}, each once", command="list")

    def refuse_unknown(self) -> None:
        for key in sorted(self._given.keys() - self._known):
            close = difflib.get_close_matches(key, self._known, n=1)
            hint = f"did you mean cloudshelf:{close[0]}" if close else f"there is {', '.join(sorted(self._known))}"
            raise SettingError(key, f"is no setting; {hint}", "remove")

    def _optional(self, key: str) -> str:
        self._known.add(key)
        return self._given.get(key, "")

    def _parsed(self, key: str, value: T | None, wanted: str, text: str | None = None, command: str = "set") -> T:
        if value is None:
            raise SettingError(key, f"must be {wanted}, not {(text or self._given.get(key, ''))!r}", command)
        return value
