"""Carts and sessions as items, on the tables as declared: the calls functions make are the permissions they have."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from books.model import Book
from carts.changing import changed, merged_session
from carts.items import ItemCarts
from carts.model import Cart
from sessions.store import Sessions
from shared import clock, dynamo
from shared.cart_items import ItemRows
from shared.cart_rows import revisions
from shared.dynamo import Table
from shared.session import cart_owner
from shared.session_store import LiveSessions

from cloudshelf.graph import Graph
from cloudshelf.local.aws import AwsEmulator
from tests.infra.permissions import ITEM_PERMISSIONS
from tests.infra.provider import ACCOUNT, REGION
from tests.infra.recorder import Called, Recorder, declared
from tests.infra.test_calls import DUNE

CARTS, SESSIONS = "cloudshelf-enhanced-carts", "cloudshelf-enhanced-sessions"


class Shelf:
    """A catalogue of one book."""

    def find(self, book_id: str) -> Book | None:
        return DUNE if book_id == DUNE.book_id else None

    def several(self, book_ids: list[str]) -> dict[str, Book]:
        return {book_id: DUNE for book_id in book_ids if book_id == DUNE.book_id}

    def current(self, categories: dict[str, str]) -> dict[str, Book]:
        return self.several(list(categories))


@pytest.fixture(scope="module")
def client(enhanced: Graph) -> Iterator[Any]:
    with AwsEmulator() as aws:
        client = aws.client("dynamodb")
        for table in enhanced.of("aws:dynamodb/table:Table").values():
            client.create_table(**declared(table.inputs))
        yield client


@pytest.fixture(scope="module")
def called(client: Any) -> dict[str, Called]:
    """The calls each function makes while carts and sessions are used in every way there is."""
    recorder = Recorder(client, ITEM_PERMISSIONS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dynamo, "client", lambda: recorder)
        use_the_shop(recorder, patch)
    return recorder.called


def use_the_shop(recorder: Recorder, patch: pytest.MonkeyPatch) -> None:
    carts, rows, sessions = ItemCarts(Table(CARTS)), ItemRows(Table(CARTS)), Sessions(Table(SESSIONS), 24, 168)
    recorder.watch("sessions")
    session_id, session = sessions.begin()
    sessions.change(session_id, lambda before: msgspec.structs.replace(before, search_history=("dune",)))
    rows.lines(cart_owner(session))
    recorder.watch("carts")
    guests = LiveSessions(Table(SESSIONS), 24)
    later(patch, hours=2)
    session = guests.live(session_id)
    changed(carts, cart_owner(session), lambda cart: cart.with_book(DUNE, 2), session.ends_at)
    merged_session(carts, Shelf(), "ann", "merge-01", session)
    changed(carts, "ann", lambda cart: cart.without(DUNE.book_id))
    changed(carts, "ann", lambda cart: cart.with_book(DUNE, 2))
    changed(carts, "ann", Cart.emptied)
    changed(carts, "ann", lambda cart: cart.with_book(DUNE, 1))
    recorder.watch("orders")
    rows.clear("ann", revisions(rows.lines("ann")))
    recorder.watch("users")
    rows.erase("ann")
    recorder.watch("sessions")
    later(patch, hours=4)
    sessions.live(session_id)
    sessions.end(session_id)


def later(patch: pytest.MonkeyPatch, *, hours: int) -> None:
    moment = clock.now() + timedelta(hours=hours)
    patch.setattr(clock, "now", lambda: moment)


@pytest.mark.parametrize("function", ITEM_PERMISSIONS)
def test_a_function_makes_the_calls_it_may_make_and_no_others(called: dict[str, Called], function: str) -> None:
    assert called[function] == {f"cloudshelf-enhanced-{t}": calls for t, calls in ITEM_PERMISSIONS[function].items()}


@pytest.mark.parametrize("stack", ["enhanced", "phase2"], indirect=True)
def test_a_function_may_make_these_calls_and_no_others(stack: str, graph: Graph) -> None:
    granted: dict[str, dict[str, set[str]]] = {}
    tables = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/cloudshelf-{stack}-"
    for name, policy in graph.of("aws:iam/rolePolicy:RolePolicy").items():
        for statement in json.loads(policy.inputs["policy"])["Statement"]:
            actions = {action.removeprefix("dynamodb:") for action in statement["Action"] if "dynamodb:" in action}
            for resource in statement["Resource"] if actions else []:
                function = granted.setdefault(name.removesuffix("-policy"), {})
                function.setdefault(resource.removeprefix(tables), set()).update(actions)
    assert granted == ITEM_PERMISSIONS


def test_what_a_function_outside_the_vpc_asks_of_another_it_may_ask_of_it_alone(enhanced: Graph) -> None:
    invoked = [
        (name, statement["Resource"])
        for name, policy in enhanced.of("aws:iam/rolePolicy:RolePolicy").items()
        for statement in json.loads(policy.inputs["policy"])["Statement"]
        if "lambda:InvokeFunction" in statement["Action"]
    ]
    assert sorted(invoked) == [
        ("carts-policy", [enhanced.named("books-function").outputs["arn"]]),
        ("rollout-policy", [enhanced.named("schema-function").outputs["arn"]]),
    ]
    told = enhanced.named("carts-function").inputs["environment"]["variables"]
    assert told["BOOKS_FUNCTION_NAME"] == enhanced.named("books-function").inputs["name"]
