"""Where phase 1 keeps what must not be lost: tables and the user pool."""

import pytest

from cloudshelf.graph import Graph

TABLES = {
    "books-table": ("category", "book_id", {"TitleSearchIndex": ["title"], "BookIdIndex": ["book_id"]}),
    "carts-table": ("user_id", "cart_id", {}),
    "users-table": ("user_id", None, {"EmailIndex": ["email"]}),
    "orders-table": ("user_id", "order_id", {"OrderDateIndex": ["order_date", "order_id"]}),
}


def test_phase1_has_no_network(phase1: Graph) -> None:
    assert [n.type for n in phase1.resources if n.type.startswith(("aws:ec2/", "aws:vpc/", "aws:rds/"))] == []


@pytest.mark.parametrize("name", TABLES)
def test_a_table_has_the_keys_and_indexes_of_the_guide(phase1: Graph, name: str) -> None:
    hash_key, range_key, indexes = TABLES[name]
    table = phase1.of("aws:dynamodb/table:Table")[name].inputs
    assert (table["hashKey"], table.get("rangeKey")) == (hash_key, range_key)
    found = {i["name"]: [k["attributeName"] for k in i["keySchemas"]] for i in table.get("globalSecondaryIndexes", [])}
    assert found == indexes
    keys = {hash_key, *([range_key] if range_key else []), *(key for index in indexes.values() for key in index)}
    assert {attribute["name"] for attribute in table["attributes"]} == keys


def test_only_carts_expire(phase1: Graph) -> None:
    expiring = {n: t.inputs["ttl"] for n, t in phase1.of("aws:dynamodb/table:Table").items() if "ttl" in t.inputs}
    assert expiring == {"carts-table": {"attributeName": "expires_at", "enabled": True}}


def test_every_table_can_be_restored_to_any_second(phase1: Graph) -> None:
    for name, table in phase1.of("aws:dynamodb/table:Table").items():
        assert table.inputs["pointInTimeRecovery"] == {"enabled": True}, name
        assert table.inputs["billingMode"] == "PAY_PER_REQUEST", name


def test_the_browser_client_keeps_no_secret_and_tells_no_strangers_who_has_an_account(phase1: Graph) -> None:
    client = phase1.one("aws:cognito/userPoolClient:UserPoolClient").inputs
    assert client["generateSecret"] is False
    assert client["preventUserExistenceErrors"] == "ENABLED"
    assert client["enableTokenRevocation"] is True
    assert set(client["writeAttributes"]) == {"email", "given_name", "family_name"}
    assert phase1.one("aws:cognito/userPool:UserPool").inputs["passwordPolicy"]["minimumLength"] >= 12


def test_what_holds_data_survives_a_destroy(phase1: Graph) -> None:
    kept = {n.name for n in phase1.resources if n.protected}
    assert kept == {*TABLES, "identity-pool"}
    assert all(t.inputs["deletionProtectionEnabled"] for t in phase1.of("aws:dynamodb/table:Table").values())
    assert phase1.one("aws:cognito/userPool:UserPool").inputs["deletionProtection"] == "ACTIVE"


def test_one_setting_lets_a_trial_stack_go_entirely(trial: Graph) -> None:
    assert [n.name for n in trial.resources if n.protected] == []
    assert not any(t.inputs["deletionProtectionEnabled"] for t in trial.of("aws:dynamodb/table:Table").values())
    assert trial.one("aws:cognito/userPool:UserPool").inputs["deletionProtection"] == "INACTIVE"
    assert trial.one("aws:s3/bucket:Bucket").inputs["forceDestroy"] is True
