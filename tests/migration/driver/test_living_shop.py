"""Two real local stacks and shoppers who never stop: back from every step, and not an order is missing."""

import json
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from cloudshelf.load import Load, audit
from cloudshelf.migrate import command
from cloudshelf.migrate.backends import folder_of, local_tools
from cloudshelf.migrate.context import Tools
from cloudshelf.migrate.demo import GENEROUS, audit_both, known_by_name
from cloudshelf.migrate.exports import export
from cloudshelf.migrate.loading import load
from cloudshelf.migrate.pair import Pair
from cloudshelf.migrate.progress import Terminal
from cloudshelf.migrate.report import differences
from cloudshelf.migrate.shift import finish, rollback, shift
from cloudshelf.migrate.status import plan
from cloudshelf.migrate.syncing import replay, sync
from cloudshelf.migrate.verifying import verify
from cloudshelf.terminal import Account

ROOT = Path(__file__).resolve().parents[3]
SOURCE, TARGET = "phase1", "enhanced"
SHOPPERS, BOOKS, COPIES = 5, 20, 500
MORE, PATIENCE_S = 5, 90.0


@dataclass
class Shop:
    """A pair under load."""

    pair: Pair
    shoppers: Load
    tools: Tools

    @property
    def admin(self) -> Account:
        account = self.pair.old.accounts["admin"]
        return Account(account.email, account.password)

    def sell(self) -> None:
        """Until a few more orders were acknowledged."""
        wanted = len(self.shoppers.so_far().sales) + MORE
        until = time.monotonic() + PATIENCE_S
        while len(self.shoppers.so_far().sales) < wanted:
            assert time.monotonic() < until, self.shoppers.so_far().faults
            time.sleep(0.1)

    def whole_at(self, url: str) -> None:
        """Every order is there as it was told, and every copy accounted for. The shoppers rest."""
        outcome = self.shoppers.stop()
        assert not outcome.faults
        assert audit(url, outcome, self.admin).findings == ()


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with Pair(source=SOURCE, target=TARGET, port=0, root=ROOT, folder=tmp_path, overrides=GENEROUS) as pair:
        account = pair.old.accounts["admin"]
        admin = Account(account.email, account.password)
        accounts = known_by_name(pair.url)
        with Load(pair.url, SHOPPERS, 7, admin, accounts=accounts, books=BOOKS, copies=COPIES) as shoppers:
            shop = Shop(pair, shoppers, None)  # type: ignore[arg-type]
            shop.sell()
            pair.open_new()
            shop.tools = local_tools(pair.endpoints, Terminal(print, sys.stderr))
            yield shop


@pytest.mark.xdist_group("living-shop")
def test_a_shop_goes_back_from_every_step_with_every_order(shop: Shop) -> None:
    tools = shop.tools
    assert plan(tools).ready
    assert rollback(tools) is None
    export(tools)
    assert rollback(tools) is None
    assert load(tools)["rejected"] == 0
    sync(tools)
    for weight in (0, 25, 100):
        if weight:
            shift(tools, weight)
            shop.sell()
        verdict = rollback(tools)
        assert verdict is not None
        assert tools.router.read()["weight"] == "0"
        shop.sell()
    shop.whole_at(shop.pair.url)
    assert list(differences(verify(tools))) == []


@pytest.mark.xdist_group("living-shop")
def test_a_shop_moves_up_and_down_and_up_and_is_finished(shop: Shop) -> None:
    tools = shop.tools
    plan(tools)
    export(tools)
    load(tools)
    sync(tools)
    for weight in (25, 5, 50, 100):
        shift(tools, weight)
        shop.sell()
    shop.whole_at(shop.pair.new.url)
    replay(tools, carts=True)
    assert list(differences(verify(tools))) == []
    assert [each.findings for each in audit_both(shop.pair, shop.shoppers.so_far())] == [(), ()]
    assert finish(tools).step == "finished"


def guides_commands() -> list[list[str]]:
    """What somebody types who follows the guide, but for what is to be typed only when something is wrong."""
    text = (ROOT / "docs/guides/migration.md").read_text(encoding="utf-8")
    typed = re.findall(r"^\.venv/bin/cloudshelf migrate (.*) --from phase1 --to phase2$", text, re.MULTILINE)
    words = [line.split() for line in typed]
    aside = {"local", "status", "testers", "rollback", "--follow"}
    return [each for each in words if aside.isdisjoint(each)]


@pytest.mark.xdist_group("living-shop")
def test_the_commands_of_the_guide_reach_finish_as_they_stand_while_shoppers_buy(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "folder_of", lambda *_: tmp_path)
    commands = guides_commands()
    after = commands.index(["shift", "5"]) + 1
    commands[after:after] = [["shift", weight] for weight in ("25", "50", "100")]
    assert [each[0] for each in commands] == [
        *("plan", "export", "load", "sync", "verify", "rejects"),
        *("shift", "shift", "shift", "shift", "verify", "finish"),
    ]
    for words in commands:
        told = CliRunner().invoke(command.migrate, [*words, "--local", "--from", SOURCE, "--to", TARGET])
        assert told.exit_code == 0, (words, told.output)
        shop.sell()
    shop.whole_at(shop.pair.new.url)


@pytest.mark.xdist_group("living-shop")
def test_the_command_in_another_terminal_finds_the_pair(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "folder_of", lambda *_: tmp_path)
    options = ["--local", "--from", SOURCE, "--to", TARGET]
    told = CliRunner().invoke(command.migrate, ["status", "--json", *options])
    assert told.exit_code == 0, told.output
    assert json.loads(told.stdout)["router"]["weight"] == "0"
    refused = CliRunner().invoke(command.migrate, ["shift", "5", *options])
    assert refused.exit_code == 1
    assert "export, load and sync" in refused.output
    assert shop.tools.journal.read().weight == 0


def test_without_a_pair_the_command_says_how_to_start_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "folder_of", lambda *_: folder_of(tmp_path, SOURCE, TARGET))
    told = CliRunner().invoke(command.migrate, ["status", "--local"])
    assert told.exit_code == 1
    assert "cloudshelf migrate local" in told.output
