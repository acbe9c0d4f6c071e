"""`cloudshelf cost`, from the command line."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cloudshelf.cli import main
from cloudshelf.cost import prices

LINE = {"resource", "quantity", "unit", "unit_price_usd", "usd", "source", "as_of"}


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["cost", *arguments])


def answer(*arguments: str) -> dict[str, Any]:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout, parse_float=Decimal, parse_int=Decimal)
    return found


def test_json_can_be_checked_by_hand() -> None:
    found = answer("enhanced")
    assert sum(line["usd"] for line in found["lines"]) == found["total_usd"]
    for line in found["lines"]:
        assert line.keys() >= LINE
        assert abs(line["quantity"] * line["unit_price_usd"] - line["usd"]) <= Decimal("0.0001")
    assert found["budget_usd"] == 30
    assert {row["row"] for row in found["plan"]["rows"]} == {"RDS", "DynamoDB", "Lambda", "Total"}
    assert {each["type"]: each["reason"] for each in found["free"]}["aws:iam/role:Role"] == "IAM is free"


def test_text_shows_each_service_with_price_date_and_where_to_check_it() -> None:
    result = run("enhanced")
    assert result.exit_code == 0
    assert "13.14           730 instance-hour           0.018  2026-05-21  db.t3.micro PostgreSQL" in result.stdout
    assert "https://aws.amazon.com/rds/postgresql/pricing/" in result.stdout
    assert "within it" in result.stdout
    assert result.stderr.startswith("Warning: ")


def test_the_services_of_the_text_add_up_to_its_total() -> None:
    lines = run("phase2").stdout.splitlines()
    services = [Decimal(line.partition(": $")[2]) for line in lines if ": $" in line and " a month" not in line]
    total = Decimal(lines[0].partition("$")[2].partition(" ")[0])
    assert abs(sum(services) - total) <= Decimal("0.005") * len(services)


def test_each_line_can_be_seen() -> None:
    assert (
        "  0.1000             1 metric-month             0.10  2026-02-01  alarms (api-errors-alarm)"
        in run("phase1", "--lines").stdout
    )


def test_a_figure_nobody_confirmed_is_marked_and_warned_about() -> None:
    result = run("phase1")
    assert "0.015?" in result.stdout
    assert "not confirmed, marked with ?: " in result.stderr
    assert "shoppers" in result.stderr


def test_the_free_tier_is_told_and_can_be_taken_off() -> None:
    left = run("phase1").stdout.partition("leaves $")[2].partition(" ")[0]
    assert run("phase1", "--free-tier").stdout.startswith(f"phase1: ${left} a month")


def test_a_setting_can_be_tried() -> None:
    more = answer("phase2", "--config", "natGateways=2")["total_usd"] - answer("phase2")["total_usd"]
    assert more.quantize(Decimal("0.01")) == Decimal("0.045") * 730 + Decimal("0.005") * 730


def test_two_stacks_are_compared_price_by_price() -> None:
    found = answer("phase1", "--diff", "enhanced")
    assert found["stacks"] == ["phase1", "enhanced"]
    assert found["difference_usd"] == found["total_usd"][1] - found["total_usd"][0]
    assert sum(line["difference_usd"] for line in found["lines"]) == found["difference_usd"]
    assert found["lines"][0]["item"] == "db.t3.micro PostgreSQL"
    text = run("phase1", "--diff", "enhanced").stdout
    assert "    +$13.14  RDS, db.t3.micro PostgreSQL: 0 -> 730 instance-hour" in text


def test_prices_of_another_region_are_warned_about() -> None:
    result = run("phase1", "--config", "aws:region=eu-west-3")
    assert "the stack is in eu-west-3, the prices are those of us-east-1" in result.stderr
    assert result.exit_code == 0


def test_prices_older_than_a_year_are_warned_about(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prices, "OLD", prices.timedelta(0))
    assert "older than a year: the prices of alarm, api-requests" in run("phase1").stderr


def test_more_than_the_most_ends_with_3() -> None:
    assert run("enhanced", "--max", "30").exit_code == 0
    result = run("enhanced", "--max", "20")
    assert result.exit_code == 3
    assert "enhanced costs $" in result.stderr


def test_a_file_of_ones_own_is_a_usage(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("like: dev\ncdn: {gb: 1000}\n")
    assert answer("phase1", "--usage", str(path))["total_usd"] > answer("phase1")["total_usd"] + 80


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["nowhere"], 1, "there is no stack 'nowhere'; there is enhanced, phase1, phase2"),
        (["phase1", "--usage", "huge"], 2, "neither a file nor a usage profile"),
        (["phase1", "--config", "natGateways"], 2, "write KEY=VALUE"),
        (["phase2", "--config", "natGateways=9"], 1, "natGateways"),
        (["phase2", "--config", "natGatways=1"], 1, "did you mean cloudshelf:natGateways"),
        (["phase2", "--config", "databaseInstanceClass=db.x9.huge"], 1, "there is no price 'rds-db.x9.huge'"),
        (["phase1", "--diff", "nowhere"], 1, "there is no stack 'nowhere'"),
        (["phase1", "--max", "-1"], 2, "--max"),
    ],
)
def test_what_cannot_be_estimated_is_said_in_one_line(arguments: list[str], code: int, message: str) -> None:
    result = run(*arguments)
    assert result.exit_code == code, result.output
    assert message in result.stderr
    assert result.stdout == ""
