"""`cloudshelf catalog import`, from the command line to the shop."""

import csv
import io
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from werkzeug import Request, Response

from cloudshelf import terminal
from cloudshelf.catalog import command
from cloudshelf.catalog.upload import Outcome, Summary
from cloudshelf.cli import main
from cloudshelf.terminal import Progress
from tests.catalog.fake_shop import EMAIL, PASSWORD, FakeShop, busy

HEADER = "isbn,title,author,category,price,stock\n"
GOOD = "9780141439587,Emma,Jane Austen,Classics,9.99,3\n"
OTHER = "0743273567,The Great Gatsby,F. Scott Fitzgerald,Fiction,12.99,50\n"
BAD = "9780141439588,,Nobody,Fiction,free,1\n"
TWIN = "0-14-143958-0,Emma again,Jane Austen,Classics,1.00,1\n"


@pytest.fixture(autouse=True)
def _no_account_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(command.PASSWORD, raising=False)
    monkeypatch.setattr(terminal.local_admin, "__defaults__", (tmp_path,))


@pytest.fixture
def books(tmp_path: Path) -> Path:
    path = tmp_path / "books.csv"
    path.write_text(HEADER + GOOD + OTHER)
    return path


def run(*arguments: object, password: str | None = PASSWORD, typed: str | None = None) -> Result:
    variables = {command.PASSWORD: password}
    return CliRunner().invoke(main, ["catalog", "import", *map(str, arguments)], env=variables, input=typed)


def run_at(shop: FakeShop, *arguments: object) -> Result:
    return run("--url", shop.url, "--email", EMAIL, *arguments)


def test_a_good_file_is_imported_and_the_exit_code_is_0(shop: FakeShop, books: Path) -> None:
    result = run_at(shop, books)
    assert (result.exit_code, result.stdout) == (0, "2 created, 0 updated, 0 rejected.\n")
    assert "stock_quantity <- stock" in result.stderr
    assert set(shop.books) == {"book-9780141439587", "book-9780743273565"}


def test_a_second_run_updates_and_doubles_nothing(shop: FakeShop, books: Path) -> None:
    run_at(shop, books)
    result = run_at(shop, books)
    assert (result.exit_code, result.stdout) == (0, "0 created, 2 updated, 0 rejected.\n")
    assert len(shop.books) == 2


def test_rejected_rows_are_reported_with_line_and_reasons_and_the_exit_code_is_3(
    shop: FakeShop, books: Path, tmp_path: Path
) -> None:
    books.write_text(HEADER + BAD + GOOD + '"9780743273565","=Gatsby,\n again","F.","Fiction",-1,1\n' + TWIN + OTHER)
    report = tmp_path / "rejects.csv"
    result = run_at(shop, books, "--rejects", report)
    assert result.exit_code == 3
    assert result.stdout.startswith("2 created, 0 updated, 3 rejected.\n")
    rows = list(csv.DictReader(io.StringIO(report.read_text(encoding="utf-8-sig"))))
    assert [(row["line"], row["book"]) for row in rows] == [("2", ""), ("4", "'=Gatsby, again"), ("6", "Emma again")]
    assert rows[0]["reasons"] == (
        'title is missing; isbn "9780141439588" is no ISBN: its check digit is wrong; price "free" is not a number'
    )
    assert rows[2]["reasons"] == "line 3 has the same book, book-9780141439587"


def test_what_the_shop_rejects_is_in_the_report_too(shop: FakeShop, books: Path, tmp_path: Path) -> None:
    shop.refused.add("book-9780141439587")
    report = tmp_path / "rejects.csv"
    assert run_at(shop, books, "--rejects", report).exit_code == 3
    (row,) = csv.DictReader(io.StringIO(report.read_text(encoding="utf-8-sig")))
    assert (row["line"], row["reasons"]) == ("2", "refused by the shop: conflict: The book changed meanwhile.")


def test_a_dry_run_needs_no_shop(books: Path) -> None:
    result = run(books, "--dry-run", "--url", "http://127.0.0.1:9", password=None)
    assert (result.exit_code, result.stdout) == (0, "2 ready, 0 rejected.\n")


def test_the_summary_as_json_is_all_there_is_on_stdout(shop: FakeShop, books: Path) -> None:
    books.write_text(HEADER + GOOD + BAD)
    result = run_at(shop, books, "--json")
    summary: dict[str, Any] = json.loads(result.stdout)
    assert (summary["created"], summary["updated"], summary["rejected"]) == (1, 0, 1)
    assert summary["reasons"] == {"title missing": 1, "wrong ISBN check digit": 1, "price is not a number": 1}
    assert [reject["line"] for reject in summary["rejects"]] == [3]


def test_defaults_and_mapped_columns_make_a_foreign_file_usable(shop: FakeShop, tmp_path: Path) -> None:
    path = tmp_path / "buecher.csv"
    path.write_text("ISBN;Buchtitel;Autor\n9780141439587;Emma;Jane Austen\n")
    options = ["--map", "Buchtitel=title", "--map", "autor=author", "--default-price", "5", "--default-stock", "2"]
    result = run_at(shop, path, *options, "--default-category", "Romane")
    assert result.exit_code == 0, result.output
    assert shop.books["book-9780141439587"] == {
        "category": "Romane",
        "title": "Emma",
        "author": "Jane Austen",
        "isbn": "9780141439587",
        "price": 5.0,
        "stock_quantity": 2,
    }


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--default-price", "-1"], "--default-price"),
        (["--default-stock", "1.5"], "--default-stock"),
        (["--default-category", "x" * 61], "--default-category"),
        (["--map", "title"], "COLUMN=FIELD"),
        (["--map", "title=colour"], "COLUMN=FIELD"),
        (["--map", "Titel=title"], "no such column"),
        (["--map", "price=description"], "no column for price"),
        (["--workers", "0"], "--workers"),
        (["--url", "127.0.0.1:8000"], "no address of a shop"),
    ],
)
def test_an_unusable_option_is_a_usage_error(books: Path, options: list[str], message: str) -> None:
    result = run(books, *options, *(["--dry-run"] if options else []))
    assert result.exit_code == 2
    assert message in result.stderr


def test_the_rejects_report_never_overwrites_the_file_itself(books: Path) -> None:
    before = books.read_bytes()
    assert run(books, "--dry-run", "--rejects", books).exit_code == 2
    assert books.read_bytes() == before


def test_a_wrong_password_is_one_line_and_exit_code_1(shop: FakeShop, books: Path) -> None:
    result = run("--url", shop.url, "--email", EMAIL, books, password="wrong")
    assert result.exit_code == 1
    assert result.stderr.endswith("Error: NotAuthorizedException: Incorrect username or password.\n")


def test_the_password_is_asked_for_where_no_variable_has_it(shop: FakeShop, books: Path) -> None:
    result = run("--url", shop.url, "--email", EMAIL, books, password=None, typed=f"{PASSWORD}\n")
    assert result.exit_code == 0, result.output
    assert PASSWORD not in result.output


def test_the_demo_admin_of_this_machines_shop_is_used_for_that_shop_only(
    shop: FakeShop, books: Path, tmp_path: Path
) -> None:
    account = {"email": EMAIL, "password": PASSWORD}
    known = terminal.credentials_file(shop.url, tmp_path)
    known.write_text(json.dumps({"url": shop.url, "admin": account}))
    assert run("--url", shop.url, books, password=None).exit_code == 0
    known.rename(terminal.credentials_file("http://127.0.0.1:1", tmp_path))
    assert run("--url", shop.url, books, password=None).exit_code == 2


def test_a_password_does_not_travel_in_the_clear(books: Path) -> None:
    result = run("--url", "http://shop.example.com", "--email", EMAIL, books)
    assert result.exit_code == 1
    assert "not https" in result.stderr


def test_a_file_that_is_not_text_is_one_line_and_exit_code_1(books: Path) -> None:
    books.write_bytes((HEADER + "9780141439587,Brontë").encode("latin-1"))
    result = run(books, "--dry-run")
    assert result.exit_code == 1
    assert "line 2 is not UTF-8" in result.stderr


def test_a_shop_that_is_not_there_is_one_line_and_exit_code_1(books: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cloudshelf.client.transport.Backoff.wait_s", lambda *_: 0)
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{reserved.getsockname()[1]}"
        result = run("--url", url, "--email", EMAIL, books)
    assert result.exit_code == 1
    assert result.stderr.endswith(f"Error: nothing listens at {url}. Open a shop in another terminal: make local\n")


def test_without_an_account_an_import_asks_who_it_is_for(shop: FakeShop, books: Path) -> None:
    result = run("--url", shop.url, books, password=None)
    assert result.exit_code == 2
    assert "Who are you?" in result.stderr


def test_ctrl_c_ends_with_a_summary_and_the_line_to_go_on_from(shop: FakeShop, books: Path) -> None:
    rows = "".join(f"book-{n:04},Book {n},A,Fiction,1.00,1\n" for n in range(200))
    books.write_text("book_id,title,author,category,price,stock\n" + rows)

    def interrupt(_request: object) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    shop.faults.extend([*[lambda _: None] * 20, interrupt])
    before = signal.getsignal(signal.SIGINT)
    first = run_at(shop, books, "--json", "--workers", 2)
    assert signal.getsignal(signal.SIGINT) is before
    summary = json.loads(first.stdout)
    assert (first.exit_code, summary["created"]) == (130, len(shop.books))
    assert 20 <= summary["created"] < 60
    second = run_at(shop, books, "--start-line", summary["next_line"])
    assert second.exit_code == 0
    assert len(shop.books) == 200


def test_ctrl_c_does_not_wait_for_a_busy_shop(shop: FakeShop, books: Path) -> None:
    def interrupt(request: Request) -> Response | None:
        os.kill(os.getpid(), signal.SIGINT)
        return busy(429, retry_after="100")(request)

    shop.faults.append(interrupt)
    result = run_at(shop, books, "--workers", 1)
    assert result.exit_code == 130
    assert "--start-line 2" in result.stdout


def test_rows_before_the_start_line_are_not_sent_but_still_known(shop: FakeShop, books: Path) -> None:
    books.write_text(HEADER + GOOD + OTHER + TWIN)
    result = run_at(shop, books, "--start-line", 3)
    assert result.stdout.startswith("1 created, 0 updated, 1 rejected.\n")
    assert shop.puts == ["book-9780743273565"]
    assert "line 2 has the same book" in result.stderr


def test_a_shop_that_gives_up_halfway_is_exit_code_1(
    shop: FakeShop, books: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cloudshelf.client.transport.Backoff.wait_s", lambda *_: 0)
    rows = "".join(f"book-{n:04},Book {n},A,Fiction,1.00,1\n" for n in range(50))
    books.write_text("book_id,title,author,category,price,stock\n" + rows)
    shop.faults.extend([busy(503)] * 1000)
    result = run_at(shop, books, "--workers", 1)
    assert result.exit_code == 1
    assert "--start-line 2" in result.stdout


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("stream", "start"), [(Terminal(), "\r["), (io.StringIO(), "[")])
def test_progress_shows_rate_and_remaining_time(stream: io.StringIO, start: str) -> None:
    clock = iter([0.0, 0.01, 60.0])
    shown = Progress(stream, 200, lambda: 50, lambda: next(clock))
    summary = Summary()
    summary.outcomes[Outcome.CREATED] = 600
    shown.step(summary)
    assert stream.getvalue() == ""
    shown.step(summary)
    assert stream.getvalue().startswith(start)
    assert " 25%  600 rows, 0 rejected, 10/s, 3:00 left" in stream.getvalue()


def test_help_names_the_exit_codes() -> None:
    assert "some rows were rejected" in run("--help").stdout


def test_listing_the_commands_imports_none_of_them() -> None:
    script = (
        "import sys; from click.testing import CliRunner; from cloudshelf.cli import main;"
        "shown = CliRunner().invoke(main, ['--help']).stdout;"
        "sys.exit('catalog' not in shown or 'requests' in sys.modules or 'cloudshelf.catalog' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
