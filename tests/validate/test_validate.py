"""A shop that is fit, and shops that are not."""

import json
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cloudshelf.aws_account import AwsAccount
from cloudshelf.local.aws import AwsEmulator
from cloudshelf.local.cloud import LocalCloud
from cloudshelf.local.postgres.certificate import Authority
from cloudshelf.terminal import Account
from cloudshelf.validate import alarms, checks, matrix, purchase_flow
from cloudshelf.validate import command as commands
from cloudshelf.validate.accounts import Guests, People, Site, of_a_file, on_this_machine
from cloudshelf.validate.caller import Caller
from cloudshelf.validate.command import FAILED, NOT_ALL_CHECKED, validate
from cloudshelf.validate.finding import Finding, Verdict
from cloudshelf.validate.matrix import GOOD
from components.contract import operations

ROOT = Path(__file__).resolve().parents[2]
META = {"phase": "phase2", "capabilities": {"search": "full-text", "sessions": True, "reports": True}}


class Careless(BaseHTTPRequestHandler):
    """Answers everything with 200 to everybody, and tells what it runs on."""

    server_version = "Careless/1.0"

    def do_GET(self) -> None:
        body = json.dumps(META if self.path.endswith("/meta") else {"at": "arn:aws:lambda:shop"}).encode()
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


for method in ("POST", "PUT", "PATCH", "DELETE", "TRACE", "TRACK"):
    setattr(Careless, f"do_{method}", Careless.do_GET)


@pytest.fixture
def careless() -> Iterator[Site]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Careless)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    one, other, admin = (Caller(url, f"{who}.claims.signed") for who in ("one", "other", "admin"))
    people = People(
        shopper=one, other=other, admin=admin, admin_account=None, accounts=lambda _number: Account("a@b.c", "p")
    )
    yield Site(url=url, anybody=Caller(url), meta=META, people=people)
    server.shutdown()
    server.server_close()


def failed(findings: Iterator[Finding]) -> set[str]:
    return {finding.what for finding in findings if finding.verdict is Verdict.FAILED}


def not_checked(findings: Iterator[Finding]) -> dict[str, str]:
    return {finding.what: finding.detail for finding in findings if finding.verdict is Verdict.NOT_CHECKED}


@pytest.mark.xdist_group("validate")
@pytest.mark.parametrize("stack", ["phase1", "phase2"])
def test_a_stack_that_is_fit_passes_and_says_what_was_not_checked(stack: str, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    options = [stack, "--shoppers", "2", "--seconds", "3", "--json", "--strict", "--html", str(page)]
    result = CliRunner().invoke(validate, options)
    report = json.loads(result.output)
    assert report["counts"]["failed"] == 0, [each for each in report["findings"] if each["verdict"] == "failed"]
    assert result.exit_code == NOT_ALL_CHECKED
    reasons = [each["detail"] for each in report["findings"] if each["verdict"] == "not checked"]
    assert all(reasons)
    areas = {each["area"] for each in report["findings"]}
    assert areas == {"story", "load", "alarms", "authorization", "headers", "transport", "origin", "limits"}
    asked = " ".join(each["what"] for each in report["findings"])
    assert all(operation.operation_id in asked for operation in operations())
    assert {f"cloudshelf-{stack}-orders-errors goes off", f"cloudshelf-{stack}-api-errors goes off"} <= {
        each["what"] for each in report["findings"] if each["verdict"] == "passed"
    }
    assert f"CloudShelf {stack}" in page.read_text()
    assert "not checked" in page.read_text()


@pytest.mark.xdist_group("validate")
def test_a_running_shop_is_looked_at_by_its_address(tmp_path: Path) -> None:
    with LocalCloud(stack="phase1", port=0, root=ROOT, folder=tmp_path / "phase1") as cloud:
        admin = Account(cloud.accounts["admin"].email, cloud.accounts["admin"].password)
        with on_this_machine(cloud.url, admin) as people:
            caller = Caller(cloud.url)
            site = Site(url=cloud.url, anybody=caller, meta=caller.api("GET", "/meta").json(), people=people)
            assert failed(purchase_flow.check(site)) == set()
            assert failed(alarms.silent(site)) == set()
            assert failed(matrix.check(site)) == set()
            # The matrix asks for a report, too, which phase1 answers with 501.
            assert failed(alarms.silent(site)) == set()
            assert list(not_checked(alarms.provoked(site))) == ["alarms go off"]
        known = tmp_path / "people.json"
        accounts = {role: vars(account) for role, account in cloud.accounts.items()}
        known.write_text(json.dumps({**accounts, "other": accounts["shopper"]}))
        with of_a_file(cloud.url, known) as people:
            assert people.admin is not None


def test_whoever_lets_everybody_in_is_found_out(careless: Site) -> None:
    wrong = failed(matrix.check(careless))
    for operation in operations():
        if operation.definition.get("security"):
            assert f"{operation.operation_id}: a passer-by is refused" in wrong
        if operation.definition.get("x-cloudshelf-role"):
            assert f"{operation.operation_id}: a shopper is forbidden" in wrong
    assert "another's GET /orders/... is 404" in wrong
    assert "a token of algorithm none is refused" in wrong


def test_missing_headers_and_talkative_answers_are_found(careless: Site) -> None:
    wrong = failed(checks.check_headers(careless))
    assert {
        "/ comes with the security headers",
        "/api/v1/books?limit=1 tells nothing of what is behind it",
        "TRACE is refused",
        "a guest's cookie is out of scripts' reach",
        "/cart is kept nowhere on the way",
    } <= wrong


def test_a_shop_without_limits_and_without_a_story_is_found(careless: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "MOST", 40)
    assert "too many requests at once are refused with 429" in failed(checks.check_limits(careless))
    assert {"the storefront opens", "a book that is not there is 404"} <= failed(purchase_flow.check(careless))


def test_what_cannot_be_checked_is_said_and_not_passed(careless: Site) -> None:
    for findings in (checks.check_transport(careless), checks.check_origin(careless)):
        found = list(findings)
        assert found
        assert {finding.verdict for finding in found} == {Verdict.NOT_CHECKED}
        assert all(finding.detail for finding in found)


def test_every_operation_of_the_back_office_with_a_body_is_tried_with_a_good_one() -> None:
    for operation in operations():
        if operation.definition.get("x-cloudshelf-role") and "requestBody" in operation.definition:
            assert operation.operation_id in GOOD


def test_old_tls_and_a_certificate_of_nobody_are_found(tmp_path: Path) -> None:
    authority = Authority(tmp_path / "tls")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Careless)
    context = authority.server_context(["localhost"])
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        known = ssl.create_default_context(cafile=str(authority.ca_file))
        found = list(checks.versions("localhost", server.server_port, known))
        assert not failed(iter(found)), found
        assert {"the certificate is good", "TLS 1.1 is refused"} <= {finding.what for finding in found}
        stranger = list(checks.versions("localhost", server.server_port))
        assert failed(iter(stranger)) == {"the certificate is good"}
    finally:
        server.shutdown()
        server.server_close()


def test_accounts_made_for_a_run_are_gone_after_it() -> None:
    with AwsEmulator() as aws:
        cognito = aws.client("cognito-idp")
        pool = cognito.create_user_pool(PoolName="cloudshelf-phase2")["UserPool"]["Id"]
        cognito.create_group(GroupName="admin", UserPoolId=pool)
        guests = Guests(cognito=cognito, pool=pool)
        guests.account()
        admin = guests.account(group="admin")
        groups = cognito.admin_list_groups_for_user(UserPoolId=pool, Username=admin.email)["Groups"]
        assert [group["GroupName"] for group in groups] == ["admin"]
        guests.remove()
        assert cognito.list_users(UserPoolId=pool)["Users"] == []


def test_alarms_on_aws_are_read_and_those_that_tell_nobody_are_found() -> None:
    with AwsEmulator() as aws, pytest.MonkeyPatch.context() as patch:
        for name, value in aws.environment().items():
            patch.setenv(name, value)
        cloudwatch = aws.client("cloudwatch")
        for name, actions in (("told", ["arn:aws:sns:us-east-1:123456789012:alarms"]), ("untold", [])):
            cloudwatch.put_metric_alarm(
                AlarmName=f"cloudshelf-phase2-{name}",
                MetricName="Errors",
                Namespace="AWS/Lambda",
                Statistic="Sum",
                Period=300,
                EvaluationPeriods=1,
                Threshold=0,
                ComparisonOperator="GreaterThanThreshold",
                AlarmActions=actions,
            )
        anybody = Caller("https://shop.example.com")
        site = Site(
            url="https://shop.example.com",
            anybody=anybody,
            meta=META,
            people=None,
            account=AwsAccount("us-east-1", aws.endpoint),
            stack="phase2",
        )
        assert failed(alarms.silent(site)) == {"cloudshelf-phase2-untold tells somebody"}


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["phase9"], 1, "there is no stack 'phase9'"),
        (["http://127.0.0.1:1"], 1, "127.0.0.1"),
        (["ftp://shop"], 2, "is no address of a shop"),
    ],
)
def test_what_cannot_be_looked_at_ends_in_one_line(options: list[str], code: int, said: str) -> None:
    result = CliRunner().invoke(validate, options)
    assert (result.exit_code, said in result.output) == (code, True), result.output


def test_a_careless_shop_ends_the_command_with_three(careless: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    from contextlib import contextmanager

    @contextmanager
    def found(*_: object, **__: object) -> Iterator[Site]:
        yield careless

    monkeypatch.setattr(commands, "_address", found)
    monkeypatch.setattr(checks, "MOST", 40)
    result = CliRunner().invoke(validate, [careless.url])
    assert result.exit_code == FAILED, result.output
    assert "FAIL  authorization: eraseMe: a passer-by is refused" in result.output
