"""The function as Lambda has it: its environment, its time, and what it answers when it has too little of it."""

import pytest
from migration import engine as engines
from migration import loading, source, target
from migration.postgres_source import PostgresSource
from migration.source import DynamoRows

from components import artifact
from tests.migration.engine import goods
from tests.migration.engine.move import BUCKET, Move

ENVIRONMENT = {
    "DATABASE_HOST": "target.example.com",
    "DATABASE_PORT": "5432",
    "DATABASE_NAME": "cloudshelf",
    "DATABASE_USER": "migration",
    "CARTS_TABLE_NAME": "new-carts",
    "EXPORT_BUCKET_NAME": BUCKET,
    "CURRENCY": "EUR",
}
PHASE1 = {f"SOURCE_{name}_TABLE_NAME": f"old-{name.lower()}" for name in ("BOOKS", "USERS", "ORDERS", "CARTS")}
ENHANCED = {
    f"SOURCE_{name}": value.replace("target", "source") for name, value in ENVIRONMENT.items() if "DATABASE" in name
}


def own_engine(patch: pytest.MonkeyPatch, environment: dict[str, str]) -> engines.Engine:
    for name, value in environment.items():
        patch.setenv(name, value)
    engines.own_engine.cache_clear()
    try:
        return engines.own_engine()
    finally:
        engines.own_engine.cache_clear()


def test_a_source_of_tables_is_known_by_their_names(monkeypatch: pytest.MonkeyPatch) -> None:
    made = own_engine(monkeypatch, {**ENVIRONMENT, **PHASE1})
    assert isinstance(made.source, DynamoRows)
    assert dict(made.tables) == {name: f"old-{name}" for name in ("books", "users", "orders", "carts")}
    assert {entity: marked.second for entity, marked in made.marked.items()} == {
        "books": "book_id",
        "users": None,
        "orders": "order_id",
        "carts": "cart_id",
    }
    assert made.currency == "EUR"


def test_a_source_with_a_database_is_known_by_its_host(monkeypatch: pytest.MonkeyPatch) -> None:
    made = own_engine(monkeypatch, {**ENVIRONMENT, **ENHANCED, "SOURCE_CARTS_TABLE_NAME": "old-carts"})
    assert isinstance(made.source, PostgresSource)
    assert made.source.database._login.host == "source.example.com"
    assert made.target._login.host == "target.example.com"
    assert {entity: marked.second for entity, marked in made.marked.items()} == {"carts": "book_id"}


def test_each_step_gets_somewhere_however_little_time_it_has(move: Move, monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name in ((loading, "LINES"), (target, "PAGE"), (source, "PAGE"), (loading, "CARTS_AT_ONCE")):
        monkeypatch.setattr(module, name, 2)
    move.put("books", *(goods.book(f"book-{number}") for number in range(5)))
    move.call("begin", exports=move.export())
    key = dict(move.keys())["books"]
    answers = [move.call("load", entity="books", key=key, budget_s=0) for _ in range(4)]
    assert [(answer["read"], answer["done"]) for answer in answers] == [(2, False), (2, False), (1, False), (0, True)]
    after, calls, compared = None, 0, 0
    while True:
        answer = move.call("verify", entity="books", after=after, budget_s=0)
        calls, compared, after = calls + 1, compared + answer["compared"], answer["after"]
        if answer["done"]:
            break
    assert calls > 4
    assert compared == 5
    move.call("set_state", changes={"weight": 100})
    assert not move.call("rebalance", budget_s=0)["done"]
    assert move.call("rebalance", budget_s=0) == {"moved": 0, "in_transit": 0, "done": True}


def test_the_artefact_brings_what_the_shops_own_stores_are_written_with() -> None:
    assert set(artifact.packages("migration")) == {"books", "migration", "orders", "payments", "shared"}
