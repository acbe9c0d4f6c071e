"""Rows of a JSON file, one at a time: an array of objects, {"books": [...]}, or an object a line."""

import json
import re
from collections.abc import Iterator
from typing import Any, TextIO

from cloudshelf.catalog.record import Fault, FileProblem, Record, Unfit

CHUNK = 1 << 16
LONGEST = 1 << 20
SPACE = " \t\r\n"
AFTER_VALUE = SPACE + ",]"
SIMPLE = r'(?:null|true|false|[-+.\deE]+|"[^"\\]*")'
BOOKS = re.compile(r'\s*\{(?:\s*"[^"\\]*"\s*:\s*' + SIMPLE + r'\s*,)*\s*"books"\s*:\s*\[')
ARRAY = re.compile(r"\s*\[")

# Numbers stay as they are written: a price must not go through binary floating point.
DECODER = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str, strict=False)


def json_rows(file: TextIO) -> Iterator[Record]:
    """FileProblem where the array around the books is broken; a broken line of JSON lines is only a bad row."""
    start = file.read(CHUNK)
    opening = ARRAY.match(start) or BOOKS.match(start)
    if opening is None:
        file.seek(0)
        yield from _lines(file)
        return
    items = _Items(file, start, opening.end())
    for line, value in items:
        yield _record(line, value)
    if ARRAY.match(start):
        items.expect_end()


def _lines(file: TextIO) -> Iterator[Record]:
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        try:
            yield _record(number, DECODER.decode(line.strip()))
        except (ValueError, RecursionError) as error:
            yield Record(number, faults=(Fault("not JSON", f"this line is not a JSON object: {_reason(error)}"),))


class _Items:
    """The elements of an array whose opening bracket has been read, with the lines they begin at."""

    def __init__(self, file: TextIO, text: str, place: int) -> None:
        self._file, self._text, self._place = file, text, place
        self._line = 1 + text.count("\n", 0, place)

    def __iter__(self) -> Iterator[tuple[int, Any]]:
        if self._next() == "]":
            self._place += 1
            return
        while True:
            self._next()
            yield self._line, self._value()
            following = self._next()
            self._place += 1
            if following == "]":
                return
            if following != ",":
                raise FileProblem(f"line {self._line}: a comma or ] is missing after a book")

    def expect_end(self) -> None:
        if following := self._next():
            raise FileProblem(f"line {self._line}: {following!r} follows after the end of the array")

    def _next(self) -> str:
        """The next character that is not space, without taking it; empty at the end of the file."""
        while True:
            start = self._place
            while self._place < len(self._text) and self._text[self._place] in SPACE:
                self._place += 1
            self._line += self._text.count("\n", start, self._place)
            if self._place < len(self._text):
                return self._text[self._place]
            if not self._fill():
                return ""

    def _value(self) -> Any:
        while True:
            try:
                value, end = DECODER.raw_decode(self._text, self._place)
                if self._ends(value, end) or not self._fill():
                    break
            except (ValueError, RecursionError) as error:
                if len(self._text) - self._place > LONGEST or not self._fill():
                    raise FileProblem(f"line {self._line}: this book is not JSON: {_reason(error)}") from None
        self._line += self._text.count("\n", self._place, end)
        self._place = end
        return value

    def _ends(self, value: Any, end: int) -> bool:
        """Whether no further text can change the value: a number may go on where the last piece ended."""
        return isinstance(value, dict | list) or self._text[end : end + 1] in tuple(AFTER_VALUE)

    def _fill(self) -> bool:
        chunk = self._file.read(CHUNK)
        if chunk:
            self._text, self._place = self._text[self._place :] + chunk, 0
        return bool(chunk)


def _record(line: int, value: Any) -> Record:
    if not isinstance(value, dict):
        return Record(line, faults=(Fault("not JSON", "not a JSON object: a book is {...}"),))
    return Record(line, tuple(value), tuple(_text(each) for each in value.values()))


def _text(value: Any) -> str:
    """A list of texts is several authors; null is nothing."""
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ", ".join(value)
    if value is None or isinstance(value, str):
        return value or ""
    return Unfit({bool: "true or false", list: "a list", dict: "an object"}[type(value)])


def _reason(error: Exception) -> str:
    return f"{error.msg}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else "nested too deeply"
