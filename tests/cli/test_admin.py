"""`cloudshelf admin add`, on AWS and in a shop on this machine."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import requests
from click.testing import CliRunner

from cloudshelf import admin
from cloudshelf.aws_account import AwsAccount
from cloudshelf.cli import main
from cloudshelf.local.aws import AwsEmulator
from components.identity import pool_name

REGION = "us-east-1"


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsAccount]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with AwsEmulator(REGION) as aws:
        yield AwsAccount(REGION, aws.endpoint)


@pytest.fixture
def pool(account: AwsAccount) -> str:
    cognito = account.client("cognito-idp")
    pool = str(cognito.create_user_pool(PoolName=pool_name("cloudshelf-phase1"))["UserPool"]["Id"])
    cognito.create_group(UserPoolId=pool, GroupName="admin")
    cognito.admin_create_user(UserPoolId=pool, Username="ada@example.com")
    return pool


def groups(account: AwsAccount, pool: str) -> list[Any]:
    answer = account.client("cognito-idp").admin_list_groups_for_user(UserPoolId=pool, Username="ada@example.com")
    return [each["GroupName"] for each in answer["Groups"]]


def test_an_account_becomes_an_admin_on_aws(account: AwsAccount, pool: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admin, "AwsAccount", lambda _region: account)
    for _ in range(2):
        done = CliRunner().invoke(main, ["admin", "add", "ada@example.com", "phase1"])
        assert done.exit_code == 0, done.output
    assert groups(account, pool) == ["admin"]


@pytest.mark.parametrize(
    ("stack", "email", "said"),
    [
        ("phase1", "bob@example.com", "nobody has signed up as bob@example.com: sign up in the shop first"),
        ("phase2", "ada@example.com", "there is no user pool cloudshelf-phase2"),
    ],
)
@pytest.mark.usefixtures("pool")
def test_who_cannot_become_an_admin_is_said_with_what_to_do(
    account: AwsAccount, monkeypatch: pytest.MonkeyPatch, stack: str, email: str, said: str
) -> None:
    monkeypatch.setattr(admin, "AwsAccount", lambda _region: account)
    done = CliRunner().invoke(main, ["admin", "add", email, stack])
    assert done.exit_code == 1
    assert said in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["admin", "add", "ada@example.com"],
        ["load"],
        ["validate", "http://127.0.0.1:8000"],
        ["catalog", "import", "schema/catalogue/books.json", "--email", "ada@example.com"],
    ],
    ids=lambda arguments: " ".join(arguments[:2]),
)
def test_where_nobody_listens_a_command_says_at_once_what_to_start(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise ConnectionRefusedError

    slept: list[float] = []
    monkeypatch.setattr("cloudshelf.client.shop.socket.create_connection", refused)
    monkeypatch.setattr("time.sleep", slept.append)
    monkeypatch.chdir(Path(__file__).resolve().parents[2])
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 1
    assert "nothing listens at http://127.0.0.1:8000. Open a shop in another terminal: make local" in done.stderr
    assert slept == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["lokal"], "Did you mean 'cloudshelf local'?"),
        (["catalogue"], "Did you mean 'cloudshelf catalog'?"),
        (["xyzzy"], "There is admin, catalog,"),
    ],
)
def test_an_unknown_command_is_refused_with_the_one_that_was_meant(arguments: list[str], said: str) -> None:
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 2
    assert said in done.stderr


@pytest.mark.parametrize("command", [[], ["local"], ["admin", "add"], ["catalog", "import"], ["migrate", "plan"]])
def test_dash_h_is_help_everywhere(command: list[str]) -> None:
    done = CliRunner().invoke(main, [*command, "-h"])
    assert done.exit_code == 0, done.output
    assert "Usage:" in done.output


def test_no_color_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    @click.command("coloured")
    def coloured() -> None:
        click.secho("red", fg="red")

    monkeypatch.setattr(main, "get_command", lambda _context, _name: coloured)
    assert CliRunner().invoke(main, ["coloured"], color=True).output == "\x1b[31mred\x1b[0m\n"
    monkeypatch.setenv("NO_COLOR", "1")
    assert CliRunner().invoke(main, ["coloured"], color=True).output == "red\n"


def test_one_version_everywhere() -> None:
    import tomllib

    from components import contract
    from tests.cli.test_packaging import ROOT

    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert contract.load()["info"]["version"] == version
    assert CliRunner().invoke(main, ["--version"]).output.strip().endswith(version)
    assert f"version: {version}\n" in (ROOT / "policies" / "PulumiPolicy.yaml").read_text()


def test_control_characters_of_a_file_reach_a_terminal_escaped(tmp_path: Path) -> None:
    books = tmp_path / "books.csv"
    books.write_text("title,author,category,price,stock\n\x1b]0;pwned\x07\x1b[31m,A,Fiction,free\x9b31m,1\n")
    done = CliRunner().invoke(main, ["catalog", "import", str(books), "--dry-run"])
    text = done.output + done.stderr
    assert "free" in text
    assert not any(sign in text for sign in "\x1b\x07\x9b")


def test_a_page_of_a_browser_makes_nobody_an_admin() -> None:
    from cloudshelf.local.front import LocalPages
    from cloudshelf.local.gateway.messages import Request
    from cloudshelf.local.identity import Mailbox

    made: list[str] = []
    pages = LocalPages(Mailbox(), add_admin=lambda email: bool(made.append(email)) or True)

    def asked(*headers: tuple[str, str], method: str = "PUT") -> int:
        path = "/_local/admins/ada%40example.com"
        request = Request(method=method, path=path, query=[], headers=[*headers], body=b"", source_ip="127.0.0.1")
        return pages.handle(request).status

    assert asked(("Origin", "https://evil.example")) == requests.codes.forbidden
    assert asked(("Origin", "null")) == requests.codes.forbidden
    assert asked(method="POST") == requests.codes.not_found
    assert made == []
    assert asked() == requests.codes.no_content
    assert made == ["ada@example.com"]


def test_an_address_with_signs_of_a_url_reaches_the_shop_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    class Answer:
        status_code = requests.codes.no_content

    monkeypatch.setattr(admin, "require_listener", lambda _url: None)
    monkeypatch.setattr(admin.Transport, "send", lambda _self, _method, url, **_: asked.append(url) or Answer())
    done = CliRunner().invoke(main, ["admin", "add", "a/b?c#d+e@example.com"])
    assert done.exit_code == 0, done.output
    assert asked == ["http://127.0.0.1:8000/_local/admins/a%2Fb%3Fc%23d%2Be%40example.com"]
