"""ISBNs as they are found in files."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudshelf.catalog.isbn import agree, check_character_10, check_digit_13, is_isbn_13, to_isbn_13

NINE_DIGITS = st.text("0123456789", min_size=9, max_size=9)
ISBN_10 = NINE_DIGITS.map(lambda body: body + check_character_10(body))
ISBN_13 = st.tuples(st.sampled_from(["978", "979"]), NINE_DIGITS).map(
    lambda parts: "".join(parts) + check_digit_13("".join(parts))
)


def kinds(*candidates: tuple[str, str]) -> list[str]:
    isbn, faults = agree(list(candidates))
    assert isbn is None
    return [fault.kind for fault in faults]


@pytest.mark.parametrize(
    ("ten", "thirteen"),
    [("0743273567", "9780743273565"), ("080442957X", "9780804429573"), ("0306406152", "9780306406157")],
)
def test_known_isbns_convert(ten: str, thirteen: str) -> None:
    assert to_isbn_13(ten) == thirteen


@given(ISBN_10)
def test_an_isbn_10_becomes_the_valid_isbn_13_it_can_be_read_back_from(ten: str) -> None:
    thirteen = to_isbn_13(ten)
    assert is_isbn_13(thirteen)
    assert thirteen[3:12] + check_character_10(thirteen[3:12]) == ten


@given(NINE_DIGITS, st.integers(0, 4))
def test_lost_leading_zeros_are_put_back(body: str, zeros: int) -> None:
    ten = (padded := "0" * zeros + body[zeros:]) + check_character_10(padded)
    assert agree([("isbn", ten.lstrip("0").rjust(6, "0"))]) == (to_isbn_13(ten), [])


@given(ISBN_13, st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_digit_of_an_isbn_13_is_noticed(isbn: str, place: int, offset: int) -> None:
    wrong = isbn[:place] + str((int(isbn[place]) + offset) % 10) + isbn[place + 1 :]
    assert not is_isbn_13(wrong)


@given(ISBN_10, st.integers(0, 8), st.integers(1, 9))
def test_one_wrong_digit_of_an_isbn_10_is_noticed(isbn: str, place: int, offset: int) -> None:
    wrong = isbn[:place] + str((int(isbn[place]) + offset) % 10) + isbn[place + 1 :]
    assert kinds(("isbn", wrong)) == ["wrong ISBN check digit"]


@given(ISBN_13)
def test_the_decoration_of_an_isbn_does_not_matter(isbn: str) -> None:
    forms = [
        f"ISBN-13: {isbn[:3]}-{isbn[3:7]} {isbn[7:]}",
        f'="{isbn}"',
        f"'{isbn}",
        f"{isbn}.0",
        isbn.replace("8", "8\u2011"),
    ]
    assert {agree([("isbn", form)])[0] for form in forms} == {isbn}


@given(ISBN_10)
def test_a_rounded_isbn_13_is_no_reason_against_the_isbn_10_beside_it(ten: str) -> None:
    rounded = f"{float(to_isbn_13(ten)):.12g}"
    assert agree([("isbn13", rounded), ("isbn", ten)]) == (to_isbn_13(ten), [])


def test_a_rounded_isbn_13_alone_is_unusable() -> None:
    assert kinds(("isbn13", "9.78043902348e+12")) == ["ISBN lost its digits"]
    assert kinds(("isbn13", "9,78044E+12")) == ["ISBN lost its digits"]


def test_isbns_that_contradict_each_other_are_refused() -> None:
    assert kinds(("isbn13", "9780743273565"), ("isbn", "0132350882")) == ["contradictory ISBNs"]
    assert kinds(("isbn13", "9.78013235088e+12"), ("isbn", "0743273567")) == ["contradictory ISBNs"]


def test_an_isbn_10_does_not_excuse_a_wrong_isbn_13_beside_it() -> None:
    assert kinds(("isbn13", "9780743273566"), ("isbn", "0743273567")) == ["wrong ISBN check digit"]


def test_no_isbn_is_no_fault() -> None:
    assert agree([]) == (None, [])


@given(st.lists(st.tuples(st.sampled_from(["isbn", "isbn13"]), st.text() | st.text("0123456789.eE+-X")), max_size=3))
def test_whatever_a_cell_holds_the_result_is_a_valid_isbn_or_a_reason(candidates: list[tuple[str, str]]) -> None:
    isbn, faults = agree(candidates)
    if isbn is not None:
        assert is_isbn_13(isbn)
        assert faults == []
    else:
        assert bool(faults) == bool(candidates)
