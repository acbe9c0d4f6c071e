"""Which rows the shop can take."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from cloudshelf.catalog.fields import ALIASES, Columns
from cloudshelf.catalog.record import Record
from cloudshelf.catalog.validation import Accepted, Duplicates, Judge, Rejected, judged
from cloudshelf.client import Contract

NEW_BOOK = Contract.load().schema("NewBook")
VALID = Draft202012Validator(NEW_BOOK)
GOOD = {
    "title": "Emma",
    "author": "Jane Austen",
    "category": "Classics",
    "price": "9.99",
    "stock": "3",
    "isbn": "9780141439587",
}
TEXT = st.text(max_size=300) | st.text(st.characters(), min_size=250, max_size=260)
AMOUNT = st.decimals(allow_nan=True, places=3).map(str) | st.integers(-2, 200_000).map(str) | st.text(max_size=6)
CELLS = {
    "title": st.just("Emma") | TEXT,
    "author": st.just("Jane Austen") | TEXT,
    "category": st.just("Classics") | st.text(max_size=62),
    "price": st.just("9.99") | AMOUNT,
    "stock": st.just("3") | AMOUNT,
    "isbn": st.just("") | st.just("9780141439587") | st.text("0123456789X-", max_size=14),
    "description": TEXT | st.just("x" * 4001),
    "image_url": st.just("/covers/emma.svg") | st.text(max_size=20),
    "book_id": st.just("") | st.just("book-emma") | st.text(max_size=70),
}
ROWS = st.fixed_dictionaries({}, optional=CELLS)


def record(line: int = 2, /, **cells: str) -> Record:
    return Record(line, tuple(cells), tuple(cells.values()))


def verdict(defaults: dict[str, str] | None = None, /, **changed: str) -> Accepted | Rejected:
    return Judge(NEW_BOOK, defaults).judge(record(**(GOOD | changed)))


def book(**changed: str) -> dict[str, Any]:
    accepted = verdict(**changed)
    assert isinstance(accepted, Accepted), accepted
    return accepted.book


def reasons(**changed: str) -> list[str]:
    rejected = verdict(**changed)
    assert isinstance(rejected, Rejected)
    return [fault.kind for fault in rejected.faults]


@given(st.lists(ROWS, max_size=6))
def test_every_row_gets_one_verdict_and_what_is_accepted_satisfies_the_contract(rows: list[dict[str, str]]) -> None:
    records = [record(line, **row) for line, row in enumerate(rows, 2)]
    with Duplicates() as duplicates:
        verdicts = list(judged(records, Judge(NEW_BOOK), duplicates))
    assert [each.line for each in verdicts] == [each.line for each in records]
    for each in verdicts:
        if isinstance(each, Accepted):
            VALID.validate(json.loads(json.dumps(each.book, default=float)))
        else:
            assert each.faults


@given(CELLS["title"], CELLS["price"], CELLS["stock"])
def test_a_row_with_the_contracts_own_values_is_accepted(title: str, price: str, stock: str) -> None:
    """The other direction: the rules refuse nothing that the contract allows, but control characters."""
    try:
        sent = GOOD | {"title": " ".join(title.split()), "price": float(price), "stock_quantity": int(stock)}
    except ValueError:
        return
    body = {"book_id": "book-1", **{name: value for name, value in sent.items() if name != "stock"}}
    if not (Decimal(price).is_finite() and VALID.is_valid(body)):
        return
    if title.isprintable() and title.strip() and Decimal(price) == round(Decimal(price), 2):
        assert isinstance(verdict(title=title, price=price, stock=stock), Accepted)


def test_a_good_row_becomes_the_book_it_names() -> None:
    assert book() == {
        "book_id": "book-9780141439587",
        "title": "Emma",
        "author": "Jane Austen",
        "category": "Classics",
        "price": Decimal("9.99"),
        "stock_quantity": 3,
        "isbn": "9780141439587",
    }


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({"title": " "}, "title missing"),
        ({"title": "x" * 256}, "title too long"),
        ({"title": "a\0b"}, "title has control characters"),
        ({"title": "a\x1fb"}, "title has control characters"),
        ({"title": "\ud800"}, "title has control characters"),
        ({"author": ""}, "author missing"),
        ({"category": "x" * 61}, "category too long"),
        ({"price": ""}, "price missing"),
        ({"price": "free"}, "price is not a number"),
        ({"price": "nan"}, "price is not a number"),
        ({"price": "12,99"}, "price is not a number"),
        ({"price": "-0.01"}, "price out of range"),
        ({"price": "100000"}, "price out of range"),
        ({"price": "1e9999"}, "price out of range"),
        ({"price": "9.999"}, "price has too many decimals"),
        ({"stock": "2.5"}, "stock_quantity has too many decimals"),
        ({"stock": "-1"}, "stock_quantity out of range"),
        ({"description": "x" * 4001}, "description too long"),
        ({"isbn": "9780141439588"}, "wrong ISBN check digit"),
        ({"book_id": "Not An Id"}, "book_id malformed"),
    ],
)
def test_a_row_that_breaks_a_rule_is_rejected_for_it(changed: dict[str, str], kind: str) -> None:
    assert reasons(**changed) == [kind]


def test_all_the_reasons_of_a_row_are_named() -> None:
    assert reasons(title="", author="x" * 300, price="-1", stock="many", isbn="1") == [
        "title missing",
        "author too long",
        "not an ISBN",
        "price out of range",
        "stock_quantity is not a number",
    ]


@pytest.mark.parametrize(("written", "amount"), [("12.990", "12.99"), ("5", "5.00"), (".5", "0.50"), ("-0", "0.00")])
def test_an_amount_counts_by_its_value(written: str, amount: str) -> None:
    assert str(book(price=written)["price"]) == amount


def test_html_stays_text() -> None:
    assert book(title="<script>alert('x')</script> & Co")["title"] == "<script>alert('x')</script> & Co"


def test_texts_are_composed_and_on_one_line() -> None:
    assert book(author="Emily\n  Bronte\u0308")["author"] == "Emily Brontë"


def test_defaults_fill_only_what_is_blank() -> None:
    defaults = {"price": "1.00", "stock_quantity": "7", "category": "General"}
    filled = verdict(defaults, price=" ", stock="", category="Classics")
    assert isinstance(filled, Accepted)
    assert (filled.book["price"], filled.book["stock_quantity"]) == (Decimal("1.00"), 7)
    assert filled.book["category"] == "Classics"


def test_an_image_elsewhere_is_left_out_and_said() -> None:
    accepted = verdict(image_url="https://elsewhere.example/x.jpg")
    assert isinstance(accepted, Accepted)
    assert "image_url" not in accepted.book
    assert len(accepted.notes) == 1


def test_a_book_without_isbn_has_the_same_id_at_every_import_and_another_than_others() -> None:
    first, again, other = book(isbn=""), book(isbn="", price="1", title=" EMMA "), book(isbn="", author="Another")
    assert first["book_id"] == again["book_id"] != other["book_id"]
    assert "isbn" not in first


def test_the_files_own_ids_are_kept_unless_they_are_row_numbers() -> None:
    assert book(book_id="fic-001")["book_id"] == "fic-001"
    assert book(book_id="10001")["book_id"] == "book-9780141439587"
    chosen = Judge(NEW_BOOK, chosen={"book_id": "book_id"}).judge(record(**GOOD, book_id="10001"))
    assert isinstance(chosen, Accepted)
    assert chosen.book["book_id"] == "10001"


def test_the_later_of_two_rows_about_one_book_names_the_first() -> None:
    rows = [
        record(2, **(GOOD | {"price": "-1"})),
        record(3, **(GOOD | {"book_id": "own"})),
        record(4, **(GOOD | {"isbn": "0141439580"})),
        record(7, **(GOOD | {"isbn": "", "book_id": "own"})),
        record(9, **(GOOD | {"isbn": "9780743273565", "book_id": "book-9780141439587"})),
    ]
    with Duplicates() as duplicates:
        verdicts = list(judged(rows, Judge(NEW_BOOK), duplicates))
    assert [type(each) for each in verdicts] == [Rejected, Accepted, Rejected, Rejected, Rejected]
    for each in verdicts[2:]:
        assert isinstance(each, Rejected)
        assert each.faults[0].text.startswith("line 3 has the same book")


@pytest.mark.parametrize(
    ("names", "field"),
    [
        (["Authors"], "author"),
        (["ISBN-13"], "isbn"),
        (["isbn_10"], "isbn"),
        (["Name"], "title"),
        (["Original Title"], "title"),
        (["STOCK"], "stock_quantity"),
        (["Unit Price"], "price"),
    ],
)
def test_columns_are_known_by_their_usual_names(names: list[str], field: str) -> None:
    assert Columns.of(names).places == {field: (0,)}


def test_the_title_comes_from_the_original_title_where_it_is_blank() -> None:
    columns = Columns.of(["original_title", "title", "rating"])
    assert columns.filled("title", ["Emma", "", "5"]) == [("original_title", "Emma")]
    assert columns.filled("title", ["Emma", "Emma (Penguin)", "5"])[0][1] == "Emma (Penguin)"
    assert columns.ignored == ("rating",)


def test_a_chosen_column_takes_the_place_of_the_known_ones() -> None:
    columns = Columns.of(["title", "Buchtitel"], {"Buchtitel": "title"})
    assert (columns.places, columns.ignored) == ({"title": (1,)}, ("title",))


@given(st.lists(st.sampled_from([alias for names in ALIASES.values() for alias in names]) | st.text()))
def test_every_column_is_used_for_one_field_or_ignored(names: list[str]) -> None:
    columns = Columns.of(names)
    used = [place for places in columns.places.values() for place in places]
    assert len(used) == len(set(used))
    assert len(used) + len(columns.ignored) == sum(1 for name in names if name.strip())
