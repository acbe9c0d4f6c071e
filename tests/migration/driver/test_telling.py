"""What a migration tells: bars, status, reports, and how it ends."""

import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from cloudshelf.migrate import command
from cloudshelf.migrate.context import Tools
from cloudshelf.migrate.interfaces import MigrationError
from cloudshelf.migrate.progress import Bar
from cloudshelf.migrate.report import Report, as_text
from cloudshelf.migrate.shift import shift
from cloudshelf.migrate.status import status
from cloudshelf.migrate.syncing import sync
from cloudshelf.migrate.verifying import Compared, Verdict, rejected, sign, verify
from tests.migration.driver.fake import FakeShop, tools
from tests.migration.driver.test_orchestration import at, crashed, prepared, to

REJECT = {"entity": "users", "key": "u-1", "reason": "email: is missing", "document": "{}", "signed_by": None}


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> FakeShop:
    """The one that commands find."""
    found = at(sync)
    monkeypatch.setattr(command, "_tools", lambda *_args, **_options: tools(found))
    return found


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(command.migrate, list(words))
    return done.exit_code, done.output


def test_a_bar_tells_rate_and_time_left() -> None:
    screen, moments = Screen(), iter([0.0, 10.0, 20.0])
    bar = Bar(screen, "load", 400, lambda: next(moments))
    bar.add(100)
    bar.reach(200, 400)
    bar.close()
    first, second, cleared = screen.getvalue().split("\r")[1:]
    assert "load [######                  ]  25%  100 of 400, 10/s, 0:30 left" in first
    assert "50%  200 of 400, 10/s, 0:20 left" in second
    assert cleared == "\x1b[K"


def test_a_bar_of_nobody_knows_how_much_tells_what_was_done() -> None:
    screen, moments = Screen(), iter([0.0, 2.0])
    Bar(screen, "copies", 0, lambda: next(moments)).add(30)
    assert "copies: 30, 15/s" in screen.getvalue()


def test_a_status_tells_of_an_unfinished_shift_and_what_to_do() -> None:
    shop = crashed(to(25), 5, 10, after=True)
    shop.values["weight"] = "99"
    told = "\n".join(status(tools(shop)).as_text())
    assert "Moving from 5 to 25 %" in told
    assert "writes of buckets 5 to 25 are held" in told
    assert "The router still reads 99 %" in told


def test_a_status_is_had_without_a_router() -> None:
    shop = prepared(0)
    shop.read = lambda: (_ for _ in ()).throw(MigrationError("gone"))  # type: ignore[method-assign]
    assert status(tools(shop)).as_dict()["router"] is None


def test_a_status_counts_orders_and_their_idempotency_keys_apart(shop: FakeShop) -> None:
    shop.keys = 2
    told = "\n".join(status(tools(shop)).as_text())
    assert "10 rows read (6 orders, 4 idempotency keys)" in told
    assert status(tools(shop)).as_dict()["loaded"]["orders"]["keys"] == 4


def test_rejects_are_listed_and_signed(shop: FakeShop) -> None:
    shop.rejects = [dict(REJECT), {**REJECT, "key": "u-2"}]
    assert [each["key"] for each in rejected(shop)] == ["u-1", "u-2"]
    assert sign(shop, "me", ["users/u-1"]) == 1
    code, told = run("rejects")
    assert (code, told.count("signed by me")) == (1, 1)
    assert run("rejects", "--sign-all")[0] == 2
    assert run("rejects", "--sign-all", "--by", "me")[0] == 0


def test_exit_codes_tell(shop: FakeShop, tmp_path: Path) -> None:
    assert run("verify", "--report", str(tmp_path))[0] == 0
    shop.wrong = 2
    code, told = run("verify", "--report", str(tmp_path))
    assert (code, "2 differences" in told) == (1, True)
    assert run("finish")[0] == 1
    assert run("shift", "101")[0] == 2
    assert run("shift")[0] == 2
    assert run("shift", "5")[0] == 0
    assert shop.state["weight"] == 5


def test_json_is_all_that_is_printed_when_it_is_asked_for(shop: FakeShop, tmp_path: Path) -> None:
    for words in (["plan"], ["status"], ["verify", "--report", str(tmp_path)], ["shift", "5"], ["rejects"]):
        done = CliRunner().invoke(command.migrate, [*words, "--json"])
        assert done.exit_code == 0, done.output
        json.loads(done.stdout)
    assert shop.state["weight"] == 5


def test_ctrl_c_says_how_to_go_on(shop: FakeShop, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_tools: Tools, _weight: int, **_: bool) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("cloudshelf.migrate.shift.shift", interrupted)
    monkeypatch.setattr("sys.argv", ["cloudshelf", "migrate", "shift", "25"])
    code, told = run("shift", "25")
    assert code == 130
    assert "Go on with: cloudshelf migrate shift 25" in told
    assert shop.state["weight"] == 0


def test_a_report_is_a_page_with_a_chart_and_data_for_programs(tmp_path: Path) -> None:
    shop = prepared(0)
    shift(tools(shop), 25)
    verdict = verify(tools(shop))
    page, data = Report(verdict=verdict, rejects=[REJECT], story=["<began>"], sales={"Lost": 0}).write(tmp_path)
    html = page.read_text(encoding="utf-8")
    assert "No difference in 50 rows compared." in html
    assert "<svg" in html
    assert html.count("<rect") == 2 + 2 * 5
    assert "<td>Idempotency keys</td><td>10</td>" in html
    assert "&lt;began&gt;" in html
    assert "1 of them nobody has" in html.replace("\n", " ")
    found = json.loads(data.read_text(encoding="utf-8"))
    assert list(found["kinds"]) == ["books", "users", "orders", "idempotency_keys", "carts"]
    assert (found["differences"], found["weight"], found["rejects"]["by_reason"]) == (0, 25, {"users: email": 1})


def test_a_report_names_each_difference() -> None:
    different = [{"key": "b-1", "field": "title", "source": "<Emma>", "target": "Emma"}]
    books = Compared(kind="books", compared=9, differences=2, different=[*different], only_target=["b-2"])
    others = [Compared(kind=each) for each in ("users", "orders", "idempotency_keys", "carts")]
    verdict = Verdict(
        source="phase1",
        target="phase2",
        at="2026-01-01T00:00:00Z",
        weight=0,
        escrow=False,
        kinds=(books, *others),
        relations={"orphans": {"items_without_their_book": 3}, "differences": 3},
    )
    told = "\n".join(as_text(verdict))
    assert "books/b-1 title: <Emma> / Emma" in told
    assert "books/b-2 *: is missing / is there" in told
    assert "3 wrong: items without their book" in told
    assert "5 differences in 9 rows compared." in told
    html = "".join(Report(verdict=verdict).as_html())
    assert "&lt;Emma&gt;" in html
    assert 'class="verdict bad"' in html
