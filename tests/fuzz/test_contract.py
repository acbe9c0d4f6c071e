"""Schemathesis makes requests from the published contract, right ones and wrong ones; every answer keeps to it."""

import os
from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.e2e.shop import Shop

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "8"))


@schemathesis.check
def no_fault(ctx: schemathesis.CheckContext, response: schemathesis.Response, case: Case[Any]) -> bool | None:
    """501 is no fault where the contract has it: what a phase cannot do."""
    return None if response.status_code == 501 else not_a_server_error(ctx, response, case)


CHECKS = [
    no_fault,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


def test_no_request_makes_an_answer_that_the_contract_does_not_have(
    actor: Callable[[], Shop], subtests: pytest.Subtests
) -> None:
    published = Shop.call(actor(), "GET", "/openapi.json").json()
    for result in schemathesis.openapi.from_dict(published).get_all_operations():
        operation = result.ok()
        shop = actor()
        for mode in _modes(operation):
            with subtests.test(f"{mode.value} {operation.label}"):
                _ask(shop, operation, mode, _known(shop, operation))


def _modes(operation: APIOperation[Any, Any, Any, Any]) -> list[GenerationMode]:
    """What takes nothing cannot be asked wrongly."""
    taken = [*operation.path_parameters, *operation.query, *operation.headers, *operation.cookies, *operation.body]
    return list(GenerationMode) if taken else [GenerationMode.POSITIVE]


def _ask(shop: Shop, operation: APIOperation[Any, Any, Any, Any], mode: GenerationMode, known: dict[str, str]) -> None:
    """Half of the right requests are about what is there."""
    made = operation.as_strategy(mode)
    if known and mode is GenerationMode.POSITIVE:
        made = st.one_of(made, operation.as_strategy(mode, path_parameters=known))
    headers = {"Authorization": f"Bearer {shop.token}"} if shop.token else None

    @settings(max_examples=EXAMPLES, database=None, suppress_health_check=list(HealthCheck))
    @given(case=made)
    def all_answers_are_the_contracts(case: Case[Any]) -> None:
        case.call_and_validate(
            base_url=shop.cloud.url + shop.config["apiBaseUrl"], session=shop.http, headers=headers, checks=CHECKS
        )

    all_answers_are_the_contracts()


def _known(shop: Shop, operation: APIOperation[Any, Any, Any, Any]) -> dict[str, Any]:
    """Of the operation's path parameters those that name a book or an order that exists."""
    names = {parameter.name for parameter in operation.path_parameters}
    found: dict[str, Any] = {}
    if "book_id" in names or "order_id" in names:
        book = Shop(shop.cloud).admin().new_book(stock=1000)
        found["book_id"] = book
        if "order_id" in names and shop.token:
            shop.call("PUT", f"/cart/items/{book}", {"quantity": 1})
            total = shop.call("POST", "/checkout/quote").json()["total"]
            found["order_id"] = shop.buy(expected=total).json()["order_id"]
    return {name: found[name] for name in names if name in found} if names <= found.keys() else {}
