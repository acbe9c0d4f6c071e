"""What the functions count themselves."""

import json

import pytest

from components.operations.dashboards import OWN_METRICS, OWN_NAMESPACE
from tests.functions.lambdas import Lambdas, somebody


def test_an_answered_order_is_counted_as_the_dashboard_expects(
    lambdas: Lambdas, capsys: pytest.CaptureFixture[str]
) -> None:
    shopper, book = somebody(), lambdas.new_book()
    lambdas.fill(shopper, **{book: 1})
    capsys.readouterr()
    assert lambdas.buy(shopper, expected="16.79", key="k").status == 201
    printed = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    (told,) = [line for line in printed if "_aws" in line]
    (metrics,) = told["_aws"]["CloudWatchMetrics"]
    assert metrics["Namespace"] == OWN_NAMESPACE
    assert [metric["Name"] for metric in metrics["Metrics"]] == list(OWN_METRICS["orders"])
    assert "FunctionName" in metrics["Dimensions"][0]
