"""ISBNs as they are found in files, and as they should be.

ISO 2108: an ISBN-13 is 978 or 979, nine digits and a check digit with weights 1 and 3; an ISBN-10 is nine digits and a
check character modulo 11, where X is 10.
"""

import re
from decimal import Decimal

from cloudshelf.catalog.record import Fault, shown

# Hyphens of every kind, spaces, and what spreadsheets put around a number to keep it text.
DECORATION = re.compile(r"[\s\u00ad\u2010-\u2015\u2212='\"-]")
LABEL = re.compile(r"^ISBN(?:-?1[03])?:?", re.IGNORECASE)
WHOLE_NUMBER = re.compile(r"([0-9]+)\.0+")
SCIENTIFIC = re.compile(r"[0-9](?:[.,][0-9]+)?E\+?[0-9]{1,2}")
ISBN_13 = re.compile(r"97[89][0-9]{10}")
# A number loses the zeros it began with: no publisher's prefix has more than four.
ISBN_10 = re.compile(r"[0-9]{5,9}[0-9X]")


def check_digit_13(first_twelve: str) -> str:
    total = sum(int(digit) * (3 if index % 2 else 1) for index, digit in enumerate(first_twelve))
    return str(-total % 10)


def check_character_10(first_nine: str) -> str:
    total = sum(int(digit) * (10 - index) for index, digit in enumerate(first_nine))
    return "0123456789X"[-total % 11]


def is_isbn_13(text: str) -> bool:
    return bool(ISBN_13.fullmatch(text)) and check_digit_13(text[:12]) == text[12]


def to_isbn_13(isbn_10: str) -> str:
    return (body := "978" + isbn_10[:9]) + check_digit_13(body)


def agree(candidates: list[tuple[str, str]]) -> tuple[str | None, list[Fault]]:
    """The one ISBN-13 that a row's columns (name, text) stand for, or why there is none."""
    faults: list[Fault] = []
    exact: dict[str, tuple[str, str]] = {}
    rounded: list[tuple[str, str]] = []
    for name, text in candidates:
        compact = _compact(text)
        if SCIENTIFIC.fullmatch(compact):
            rounded.append((name, text))
        elif isinstance(found := _read(name, text, compact), Fault):
            faults.append(found)
        else:
            exact.setdefault(found, (name, text))
    if faults:
        return None, faults
    if len(exact) > 1:
        return None, [_contradiction(*list(exact.values())[:2])]
    if exact:
        ((isbn, source),) = exact.items()
        clashes = [_contradiction(source, each) for each in rounded if not _may_be(each[1], isbn)]
        return (None, clashes[:1]) if clashes else (isbn, [])
    return None, [_lost_digits(*each) for each in rounded[:1]]


def _compact(text: str) -> str:
    bare = LABEL.sub("", DECORATION.sub("", text)).upper()
    whole = WHOLE_NUMBER.fullmatch(bare)
    return whole[1] if whole else bare


def _read(name: str, text: str, compact: str) -> str | Fault:
    """The text as an ISBN-13."""
    if ISBN_10.fullmatch(compact):
        padded = compact.zfill(10)
        if check_character_10(padded[:9]) == padded[9]:
            return to_isbn_13(padded)
        return _wrong_check_digit(name, text)
    if ISBN_13.fullmatch(compact):
        return compact if is_isbn_13(compact) else _wrong_check_digit(name, text)
    return Fault("not an ISBN", f"{name} {shown(text)} is no ISBN: it has neither 10 nor 13 digits")


def _may_be(rounded: str, isbn: str) -> bool:
    """Whether rounding the ISBN to as many digits as were kept gives the number found."""
    number = Decimal(_compact(rounded).replace(",", "."))
    unit = Decimal(1).scaleb(int(number.as_tuple().exponent))
    return abs(number - Decimal(isbn)) <= unit


def _wrong_check_digit(name: str, text: str) -> Fault:
    return Fault("wrong ISBN check digit", f"{name} {shown(text)} is no ISBN: its check digit is wrong")


def _contradiction(one: tuple[str, str], other: tuple[str, str]) -> Fault:
    named = f"{one[0]} {shown(one[1])} and {other[0]} {shown(other[1])}"
    return Fault("contradictory ISBNs", f"{named} are different books")


def _lost_digits(name: str, text: str) -> Fault:
    reason = "a spreadsheet turned it into a rounded number; format the column as text and export again"
    return Fault("ISBN lost its digits", f"{name} {shown(text)} lost its last digits: {reason}")
