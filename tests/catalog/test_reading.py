"""Files, read row by row."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cloudshelf.catalog import source as json_file
from cloudshelf.catalog.record import FileProblem, Record
from cloudshelf.catalog.source import CsvRows, Source, json_rows

# What a text file can hold; a lone carriage return is a line break to some programs only.
CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=12)
ROW = st.tuples(CELL, CELL, CELL)
HEADER = ("title", "author", "price")


def csv_rows(text: str) -> list[Record]:
    return list(CsvRows(io.StringIO(text, newline="")))


def json_records(text: str) -> list[Record]:
    return list(json_rows(io.StringIO(text)))


def read(path: Path) -> list[Record]:
    with Source(path) as source:
        return list(source)


def plain(record: Record) -> tuple[int, dict[str, str]]:
    assert not record.faults
    return record.line, dict(zip(record.names, record.cells, strict=True))


@given(st.lists(ROW))
def test_every_csv_row_comes_back_with_the_line_it_begins_at(rows: list[tuple[str, str, str]]) -> None:
    text, expected = io.StringIO(newline=""), []
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(HEADER)
    for row in rows:
        if any(cell.strip() for cell in row):
            expected.append((text.getvalue().count("\n") + 1, dict(zip(HEADER, row, strict=True))))
        writer.writerow(row)
    assert [plain(record) for record in csv_rows(text.getvalue())] == expected


@given(st.text(st.characters(exclude_categories=["Cs"])))
@example('title\n"never closed\nanother,line')
@example('title,author\n"The "Best" Book",x\nfine,fine')
@example("\0\n\0")
def test_any_text_is_rows_or_reasons_on_lines_of_the_file(text: str) -> None:
    try:
        records = csv_rows(text)
    except FileProblem:
        return
    lines = [record.line for record in records]
    assert lines == sorted(set(lines))
    assert all(1 < line <= len(io.StringIO(text, newline="").readlines()) for line in lines)


def test_a_quote_that_never_closes_costs_no_row_in_silence() -> None:
    (fine, broken) = csv_rows('title,author\nEmma,Austen\n"Dune,Herbert\nNight,Wiesel\n')
    assert plain(fine) == (2, {"title": "Emma", "author": "Austen"})
    assert broken.line == 3
    assert "up to line 4" in broken.faults[0].text


def test_a_stray_quote_costs_only_its_own_row() -> None:
    broken, fine = csv_rows('title,author\n"The "Best" Book",Anybody\nEmma,Austen\n')
    assert (broken.line, broken.faults[0].kind) == (2, "not CSV")
    assert plain(fine) == (3, {"title": "Emma", "author": "Austen"})


@pytest.mark.parametrize("row", ["Emma,Austen,1,2", "Emma", "Emma,Austen,x"])
def test_a_row_of_another_width_than_the_header_is_a_fault(row: str) -> None:
    (record,) = csv_rows(f"title,author\n{row}\n")
    assert [fault.kind for fault in record.faults] == ["wrong number of cells"]


def test_blank_rows_and_empty_surplus_cells_are_nothing() -> None:
    assert [plain(each) for each in csv_rows("\n\ntitle,author\n\n,\nEmma,Austen,,\n \n")] == [
        (6, {"title": "Emma", "author": "Austen"})
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_the_one_under_which_the_header_makes_sense(delimiter: str) -> None:
    header, row = delimiter.join(["Title", "Author, all", "Price"]), delimiter.join(["Emma", "Austen", "9.99"])
    if delimiter == ",":
        header = 'Title,"Author, all",Price'
    (record,) = csv_rows(f"{header}\n{row}\n")
    assert record.cells == ("Emma", "Austen", "9.99")


VALUES = st.none() | st.booleans() | st.integers() | st.floats() | CELL | st.lists(CELL, max_size=2)
OBJECTS = st.lists(st.dictionaries(CELL, VALUES, max_size=3) | VALUES, max_size=6)


def expected_cells(value: Any) -> int:
    return len(value) if isinstance(value, dict) else 0


@given(OBJECTS, st.sampled_from([None, 0, 3]), st.sampled_from(["array", "books"]), st.integers(1, 9))
def test_a_json_array_of_any_layout_is_read_in_pieces_of_any_size(
    values: list[Any], indent: int | None, shape: str, chunk: int
) -> None:
    document = values if shape == "array" else {"next": None, "books": values}
    text = json.dumps(document, indent=indent)
    with pytest.MonkeyPatch.context() as patch:
        # The opening must be in the first piece.
        patch.setattr(json_file, "CHUNK", 40 + chunk)
        records = json_records(text)
    assert [len(record.names) for record in records] == [expected_cells(value) for value in values]
    assert [bool(record.faults) for record in records] == [not isinstance(value, dict) for value in values]


def test_json_rows_begin_at_the_line_of_their_brace() -> None:
    text = '[\n  {"title": "Emma"},\n\n  {\n    "title": "Dune"\n  }, {"title":\n "Night"}\n]\n'
    assert [plain(record) for record in json_records(text)] == [
        (2, {"title": "Emma"}),
        (4, {"title": "Dune"}),
        (6, {"title": "Night"}),
    ]


def test_a_bad_line_of_json_lines_is_one_bad_row() -> None:
    fine, broken, other = json_records('{"title": "Emma"}\n{"title": \n\n{"title": "Dune"}\n')
    assert (plain(fine), plain(other)) == ((1, {"title": "Emma"}), (4, {"title": "Dune"}))
    assert (broken.line, broken.faults[0].kind) == (2, "not JSON")


def test_numbers_keep_the_digits_they_were_written_with() -> None:
    (record,) = json_records(
        '[{"price": 12.10, "isbn": 9780743273565, "stock": 1e2, "author": ["A", "B"], "cover": null}]'
    )
    assert record.cells == ("12.10", "9780743273565", "1e2", "A, B", "")


@given(st.text())
@example("[" * 5000)
@example('{"a":' * 5000)
@example('[{"title": "Emma"} {"title": "Dune"}]')
def test_any_text_as_json_is_rows_or_a_file_problem(text: str) -> None:
    for opening in ("", "[", '{"books": ['):
        try:
            records = json_records(opening + text)
        except FileProblem:
            continue
        assert all(1 <= record.line <= text.count("\n") + 1 for record in records)


@pytest.mark.parametrize("tail", ["", "]}", ', {"title"', "]\n[", "1"])
def test_an_array_that_breaks_off_is_found_before_anything_is_read_from_it(tmp_path: Path, tail: str) -> None:
    path = tmp_path / "books.json"
    path.write_text('[\n{"title": "Emma"}' + tail)
    with pytest.raises(FileProblem, match=r"books.json: line [23]"), Source(path):
        pass


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("name", ["books.csv", "books.json"])
def test_utf_8_is_read_with_and_without_a_byte_order_mark(tmp_path: Path, encoding: str, name: str) -> None:
    path = tmp_path / name
    path.write_text("title\nBrontë\n" if name == "books.csv" else '[{"title":\n"Brontë"}]', encoding=encoding)
    assert [dict(zip(each.names, each.cells, strict=True)) for each in read(path)] == [{"title": "Brontë"}]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("title\nfine\nBrontë\n".encode("latin-1"), r"line 3 is not UTF-8 \(byte 0xEB\)"),
        ("title\nBrontë\n".encode("utf-16"), "UTF-16"),
        ("title\nBronte\n".encode("utf-16-le"), "UTF-16"),
        (b"PK\x03\x04 a workbook", "workbook"),
        (b" \n", "is empty"),
        (b"title\n" + b"x" * (1 << 20) + b"\n\xff", "line 3 is not UTF-8"),
    ],
)
def test_another_encoding_is_refused_with_the_fix_before_anything_is_read(
    tmp_path: Path, content: bytes, message: str
) -> None:
    path = tmp_path / "books.csv"
    path.write_bytes(content)
    with pytest.raises(FileProblem, match=message), Source(path):
        pass


def test_a_file_of_unknown_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "books.xlsx").touch()
    with pytest.raises(FileProblem, match=r"\.csv"):
        Source(tmp_path / "books.xlsx")
