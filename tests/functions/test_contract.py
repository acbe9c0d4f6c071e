"""The functions and the contract say the same."""

from importlib import import_module
from typing import Any

import msgspec
import pytest
from admin.model import BookInput, NewBook, StatusChange, StockChange
from carts.model import CartItemInput, CartMerge
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from orders.model import STATUSES, OrderInput
from sessions.model import SessionUpdate
from shared import bodies
from shared.address import Address
from shared.problems import Problem
from users.model import UserUpdate

from components import contract
from tests.functions.lambdas import ADDRESS, Lambdas, somebody

MODELS: dict[str, Any] = {
    "NewBook": NewBook,
    "BookInput": BookInput,
    "StockChange": StockChange,
    "StatusChange": StatusChange,
    "CartItemInput": CartItemInput,
    "CartMerge": CartMerge,
    "OrderInput": OrderInput,
    "UserUpdate": UserUpdate,
    "SessionUpdate": SessionUpdate,
    "Address": Address,
}
SCHEMAS = contract.load()["components"]["schemas"]


@pytest.mark.parametrize("service", contract.services())
def test_a_service_answers_the_operations_the_contract_gives_it_and_no_others(service: str) -> None:
    named = {o.operation_id for o in contract.operations() if o.service == service}
    assert import_module(f"{service}.handler").api.answers.keys() == named


@pytest.mark.parametrize("name", MODELS)
def test_a_request_model_has_the_properties_of_its_schema(name: str) -> None:
    fields = {field.encode_name: field for field in msgspec.structs.fields(MODELS[name])}
    assert fields.keys() == SCHEMAS[name]["properties"].keys()
    assert {n for n, field in fields.items() if field.required} == set(SCHEMAS[name].get("required", []))


def test_the_statuses_of_an_order_are_the_contracts() -> None:
    assert list(STATUSES) == SCHEMAS["OrderStatus"]["enum"]


def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(resolved({"$ref": f"#/components/schemas/{name}"}))


def resolved(node: Any) -> Any:
    """The schema without references, OpenAPI's `nullable` as JSON Schema says it."""
    if isinstance(node, list):
        return [resolved(each) for each in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        target: Any = contract.load()
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        return resolved(target)
    plain = {name: resolved(value) for name, value in node.items() if name != "nullable"}
    return {"anyOf": [plain, {"type": "null"}]} if node.get("nullable") else plain


def near(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that fit a schema, nearly fit it, or do not."""
    schema = resolved(schema)
    other = st.one_of(st.none(), st.booleans(), st.text(max_size=3), st.integers(-2, 2), st.just([]), st.just({}))
    match schema["type"]:
        case "integer":
            low, high = schema.get("minimum", 0), schema.get("maximum", 10**6)
            fitting: Any = st.sampled_from([low - 1, low, low + 1, high - 1, high, high + 1])
        case "number":
            fitting = st.sampled_from([-0.01, 0, 0.01, 1, 12.5, 99999.99, 100000])
        case "string" if "enum" in schema:
            fitting = st.sampled_from([*schema["enum"], "other"])
        case "string":
            lengths = [schema.get("minLength", 0), schema.get("maxLength", 8)]
            known = ["abc", "US", "us", "9780132350884", "/a/b.png", "//x", "a b", "+1 555", "book-1", "A_B"]
            edges = ["a" * max(0, length + step) for length in lengths for step in (-1, 0, 1)]
            known += [
                "\0",
                "a\0b" * 3,
                " ",
                " \t" * 5,
                "US\n",
                "us\n",
                "en\n",
                "book-1\n",
                "9780132350884\n",
                "/a/b.png\n",
            ]
            fitting = st.sampled_from(known + edges)
        case "boolean":
            fitting = st.sampled_from([True, False])
        case "array":
            fitting = st.lists(near(schema["items"]), max_size=3)
        case _:
            required = schema.get("required", [])
            must = {n: near(s) for n, s in schema["properties"].items() if n in required}
            may = {n: near(s) for n, s in schema["properties"].items() if n not in required} | {"extra": other}
            fitting = st.fixed_dictionaries(must, optional=may)
    return st.one_of(*[fitting] * 9, other)


@pytest.mark.parametrize("name", [name for name in MODELS if name != "Address"])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_function_takes_the_bodies_the_contract_allows(name: str, data: st.DataObject) -> None:
    body = data.draw(near(SCHEMAS[name]))
    fits = validator(name).is_valid(body)
    try:
        bodies.read(msgspec.json.encode(body), "application/json", MODELS[name])
        taken = True
    except Problem as problem:
        taken = "check digit" in problem.detail
    assert taken is fits, body


ANSWERS = {
    "listBooks": ("GET", "/books?limit=3", None),
    "listCategories": ("GET", "/categories", None),
    "listBestsellers": ("GET", "/bestsellers", None),
    "getHealth": ("GET", "/health", None),
    "getMeta": ("GET", "/meta", None),
    "getMe": ("GET", "/users/me", None),
    "updateMe": ("PATCH", "/users/me", {"first_name": "Ada", "address": ADDRESS}),
    "getCart": ("GET", "/cart", None),
    "quoteCheckout": ("POST", "/checkout/quote", None),
    "createOrder": ("POST", "/orders", {"expected_total": 16.79, "shipping_address": ADDRESS}),
    "listOrders": ("GET", "/orders", None),
    "listAllOrders": ("GET", "/admin/orders", None),
    "getReport": ("GET", "/admin/reports/sales-by-day", None),
}


def test_answers_have_the_form_the_contract_promises(lambdas: Lambdas) -> None:
    shopper, book = somebody(), lambdas.new_book()
    lambdas.fill(shopper, **{book: 1})
    for operation_id, (method, path, body) in ANSWERS.items():
        groups = "admin" if path.startswith("/admin") else ""
        headers = {"Idempotency-Key": "k"} if operation_id == "createOrder" else {}
        answer = lambdas.call(method, path, body, user=shopper, groups=groups, headers=headers)
        (operation,) = [o for o in contract.operations() if o.operation_id == operation_id]
        promised = resolved(operation.definition["responses"])[str(answer.status)]
        (media_type,) = promised["content"]
        assert answer.headers["Content-Type"] == media_type, operation_id
        schema = promised["content"][media_type]["schema"]
        Draft202012Validator(schema).validate(msgspec.json.decode(answer.text))
