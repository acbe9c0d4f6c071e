"""Parameters of a request: text in, values out, by the schema the contract gives them."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from shared.contract import Parameter
from shared.problems import InvalidRequest

Parser = Callable[[str], Any]

INTEGER = re.compile(r"-?[0-9]{1,9}", re.ASCII)
NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,2})?", re.ASCII)
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


class Parameters:
    """The parameters of one kind (query, path or header) of one operation."""

    def __init__(self, parameters: tuple[Parameter, ...]) -> None:
        self._parsers = {parameter.name: parser(parameter.schema) for parameter in parameters}
        self._required = tuple(parameter.name for parameter in parameters if parameter.required)

    def __contains__(self, name: str) -> bool:
        return name in self._parsers

    def parse(self, given: Mapping[str, str]) -> dict[str, Any]:
        """All values by name, or every fault at once."""
        values: dict[str, Any] = {}
        errors = [f"{name}: is required" for name in self._required if name not in given]
        for name, text in given.items():
            if (parse := self._parsers.get(name)) is None:
                errors.append(f"{printable(name)}: is not a parameter of this operation")
                continue
            try:
                values[name] = parse(text)
            except ValueError as error:
                errors.append(f"{name}: {error}")
        if errors:
            raise InvalidRequest("A parameter is wrong: " + "; ".join(errors), errors=tuple(errors))
        return values


def parser(schema: dict[str, Any]) -> Parser:
    """The function that reads a value of this schema from text."""
    match schema["type"], schema.get("format"):
        case "integer", _:
            return lambda text: _integer(text, schema)
        case "number", _:
            return lambda text: _number(text, schema)
        case "boolean", _:
            return _boolean
        case "string", "date":
            return _day
        case "string", _:
            return _string_parser(schema)
        case kind, _:
            raise ValueError(f"the contract has a parameter of type {kind}, which the functions cannot read")


def printable(text: str) -> str:
    """A short form of what a client sent that is safe in an answer."""
    return text[:40].encode("ascii", "backslashreplace").decode()


def check_text(text: str) -> None:
    """Refuses what no store can keep."""
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("must not hold NUL characters or half surrogate pairs")


def _integer(text: str, schema: dict[str, Any]) -> int:
    if not INTEGER.fullmatch(text):
        raise ValueError("must be a whole number")
    value = int(text)
    if not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        raise ValueError(f"must be from {schema.get('minimum')} to {schema.get('maximum')}")
    return value


def _number(text: str, schema: dict[str, Any]) -> Decimal:
    if not NUMBER.fullmatch(text):
        raise ValueError("must be a number with at most two decimals")
    value = Decimal(text)
    if not Decimal(str(schema["minimum"])) <= value <= Decimal(str(schema["maximum"])):
        raise ValueError(f"must be from {schema['minimum']} to {schema['maximum']}")
    return value


def _boolean(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError("must be true or false")
    return text == "true"


def _day(text: str) -> date:
    if not DAY.fullmatch(text):
        raise ValueError("must be a day as YYYY-MM-DD")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("must be a day of the calendar as YYYY-MM-DD") from None


def _string_parser(schema: dict[str, Any]) -> Parser:
    pattern = re.compile(schema["pattern"]) if "pattern" in schema else None
    least, most = schema.get("minLength", 0), schema.get("maxLength", 8192)

    def parse(text: str) -> str:
        check_text(text)
        if "enum" in schema and text not in schema["enum"]:
            raise ValueError(f"must be one of {', '.join(schema['enum'])}")
        if not least <= len(text) <= most or (least and not text.strip()):
            raise ValueError(f"must have {least} to {most} characters, not all of them blank")
        if pattern and not pattern.search(text):
            raise ValueError(f"must match {pattern.pattern}")
        return text

    return parse
