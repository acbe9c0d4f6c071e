"""The DynamoDB tables' names, keys, indexes and streams."""

import pytest

from cloudshelf.graph import Graph
from tests.captured import captured

TABLE = "aws:dynamodb/table:Table"
ENHANCED = {"carts": ("user_id", "book_id", None), "sessions": ("session_id", None, "expires_at")}


def tables(graph: Graph) -> dict[str, dict[str, object]]:
    return {name.removesuffix("-table"): node.inputs for name, node in graph.of(TABLE).items()}


def keys(table: dict[str, object]) -> tuple[object, object, object]:
    ttl = table.get("ttl")
    return table["hashKey"], table.get("rangeKey"), ttl["attributeName"] if isinstance(ttl, dict) else None


def test_every_index_has_all_attributes() -> None:
    indexes = [
        index
        for table in captured("phase1").of(TABLE).values()
        for index in table.inputs.get("globalSecondaryIndexes", [])
    ]
    assert {index["name"]: index["projectionType"] for index in indexes} == {
        "TitleSearchIndex": "ALL",
        "BookIdIndex": "ALL",
        "EmailIndex": "ALL",
        "OrderDateIndex": "ALL",
    }


@pytest.mark.parametrize(
    ("stack", "named"),
    [
        ("phase1", {"books", "carts", "users", "orders"}),
        ("enhanced", {"carts", "sessions"}),
        ("phase2", {"carts", "sessions"}),
    ],
)
def test_tables_have_the_guides_names_with_the_stack_in_them(stack: str, named: set[str]) -> None:
    found = {table["name"] for table in tables(captured(stack)).values()}
    assert found == {f"cloudshelf-{stack}-{name}" for name in named}


def test_enhanced_has_the_guides_two_tables() -> None:
    found = tables(captured("enhanced"))
    assert {name: keys(table) for name, table in found.items()} == ENHANCED
    for name, table in found.items():
        assert table["billingMode"] == "PAY_PER_REQUEST", name
        assert "serverSideEncryption" not in table, name
        assert table.get("tableClass", "STANDARD") == "STANDARD", name


def test_phase2_has_the_carts_of_its_picture() -> None:
    carts = tables(captured("phase2"))["carts"]
    assert keys(carts) == ("user_id", "book_id", "expires_at")
    assert carts["pointInTimeRecovery"] == {"enabled": True}


def test_a_copied_table_has_a_stream() -> None:
    for name, table in tables(captured("everything")).items():
        replicas = table["replicas"]
        assert isinstance(replicas, list)
        assert [replica["regionName"] for replica in replicas] == ["eu-west-1"], name
        assert (table["streamEnabled"], table["streamViewType"]) == (True, "NEW_AND_OLD_IMAGES"), name


def test_enhanceds_database_is_on_gp2() -> None:
    assert captured("enhanced").one("aws:rds/instance:Instance").inputs["storageType"] == "gp2"
