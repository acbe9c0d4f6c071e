"""Each service's role may do what its store does, and nothing else."""

import pytest
from shared.postgres_errors import StatementFailed

from tests.postgres.servers import Shop

# By table, what of SELECT, INSERT, UPDATE and DELETE a role may do; a small letter is for some columns only.
MAY = {
    "books": {"books": "S", "orders": "s", "order_items": "s"},
    "carts": {"books": "S"},
    "users": {"users": "SIU", "orders": "su"},
    "orders": {
        "books": "Su",
        "users": "si",
        "orders": "SIu",
        "order_items": "SI",
        "payments": "SIU",
        "outbox": "SIUD",
    },
    "admin": {
        "books": "SIUD",
        "users": "s",
        "orders": "Su",
        "order_items": "S",
        "payments": "Su",
        "outbox": "SIUD",
    },
    "authorizer": {"users": "s"},
    "migration": {
        "books": "SIUD",
        "users": "SIUD",
        "orders": "SIUD",
        "order_items": "SIUD",
        "payments": "SIUD",
        "outbox": "SIuD",
    },
}
# Of what is granted by columns, those it is granted for.
COLUMNS = {
    ("books", "SELECT", "orders"): {"id", "order_date", "status"},
    ("books", "SELECT", "order_items"): {"order_id", "book_id", "quantity"},
    ("users", "SELECT", "orders"): {"id", "user_id", "shipping_address"},
    ("users", "UPDATE", "orders"): {"shipping_address"},
    ("orders", "UPDATE", "books"): {"stock_quantity", "popularity", "updated_at"},
    ("orders", "SELECT", "users"): {"id", "user_id", "account_status"},
    ("orders", "INSERT", "users"): {"id", "user_id"},
    ("orders", "UPDATE", "orders"): {"status", "updated_at"},
    ("admin", "SELECT", "users"): {"id", "user_id"},
    ("admin", "UPDATE", "orders"): {"status", "updated_at"},
    ("admin", "UPDATE", "payments"): {"status", "updated_at"},
    ("authorizer", "SELECT", "users"): {"user_id", "account_status"},
    ("migration", "UPDATE", "outbox"): {"due_at"},
}
DENIED = {
    "books": (
        "UPDATE books SET price = 0",
        "DELETE FROM books",
        "SELECT total_amount FROM orders",
        "SELECT shipping_address FROM orders",
        "SELECT price FROM order_items",
        "SELECT FROM users",
    ),
    "carts": ("UPDATE books SET stock_quantity = 0", "SELECT FROM orders", "SELECT FROM users"),
    "users": ("SELECT FROM books", "DELETE FROM users", "UPDATE orders SET status = 'shipped'", "SELECT FROM payments"),
    "orders": (
        "UPDATE books SET price = 0",
        "DELETE FROM books",
        "SELECT email FROM users",
        "UPDATE users SET account_status = 'active'",
        "UPDATE orders SET total_amount = 0",
        "DELETE FROM orders",
        "DELETE FROM order_items",
    ),
    "admin": (
        "SELECT email FROM users",
        "SELECT address FROM users",
        "UPDATE users SET account_status = 'disabled'",
        "UPDATE orders SET total_amount = 0",
        "UPDATE payments SET amount = 0",
        "DELETE FROM orders",
    ),
    "authorizer": ("SELECT email FROM users", "SELECT FROM books", "UPDATE users SET account_status = 'active'"),
    "migration": ("TRUNCATE migration.state", "DROP TABLE migration.state", "CREATE TABLE migration.mine (id integer)"),
}
TEMPORARY = "CREATE TEMP TABLE mine (id integer)"
ANYBODY = (
    "CREATE TABLE mine (id integer)",
    TEMPORARY,
    "CREATE SCHEMA mine",
    "CREATE ROLE another",
    "DROP TABLE books",
    "TRUNCATE books",
    "ALTER TABLE books DISABLE TRIGGER ALL",
    "SELECT FROM schema_migrations",
    "DELETE FROM schema_migrations",
    "COPY books TO PROGRAM 'cat'",
    "SET ROLE shelfmaster",
    "SELECT pg_read_file('PG_VERSION')",
)


@pytest.mark.parametrize("role", MAY)
def test_a_role_is_granted_what_its_store_needs_and_nothing_else(shop: Shop, role: str) -> None:
    granted: dict[str, str] = {}
    for table, operation, whole in shop.database().run(
        """SELECT relname, operation, has_table_privilege(:role, pg_class.oid, operation)
            FROM pg_class, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) WITH ORDINALITY AS o(operation, place)
            WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')
                AND CASE operation WHEN 'DELETE' THEN has_table_privilege(:role, pg_class.oid, operation)
                    ELSE has_any_column_privilege(:role, pg_class.oid, operation) END
            ORDER BY relname, place""",
        role=role,
    ):
        granted[table] = granted.get(table, "") + (operation[0] if whole else operation[0].lower())
    assert granted == MAY[role]
    others = "SELECT relname FROM pg_class WHERE relkind IN ('r', 'S') AND relnamespace = 'public'::regnamespace"
    for privilege in ("TRUNCATE", "REFERENCES", "TRIGGER"):
        found = f"{others} AND relkind = 'r' AND has_table_privilege(:role, oid, '{privilege}')"
        assert shop.database().run(found, role=role) == []


def test_columns_are_granted_one_by_one_where_a_role_needs_only_some(shop: Shop) -> None:
    found: dict[tuple[str, str, str], set[str]] = {}
    for role, operation, table, column in shop.database().run(
        """SELECT grantee, privilege_type, table_name, column_name FROM information_schema.column_privileges
            WHERE table_schema = 'public' AND grantee = ANY(:roles)
                AND NOT has_table_privilege(grantee::text, format('%I', table_name)::regclass, privilege_type)""",
        roles=list(MAY),
    ):
        found.setdefault((role, operation, table), set()).add(column)
    assert found == COLUMNS


SHOP_ONLY = (
    "SELECT FROM migration.rejects",
    "SELECT migration.capture(false)",
    "INSERT INTO migration.changes VALUES (1)",
)
CASES = [
    (role, sql)
    for role in DENIED
    for sql in (*DENIED[role], *ANYBODY, *(SHOP_ONLY if role != "migration" else ()))
    # Rows that are moved are staged in temporary tables.
    if (role, sql) != ("migration", TEMPORARY)
]


@pytest.mark.parametrize(("role", "sql"), CASES)
def test_what_is_not_granted_is_denied(shop: Shop, role: str, sql: str) -> None:
    with pytest.raises(StatementFailed, match="42501"):
        shop.database(role).run(sql)


@pytest.mark.parametrize("role", MAY)
def test_a_role_logs_in_with_tokens_and_is_nothing_beyond_its_grants(shop: Shop, role: str) -> None:
    ((special,),) = shop.database().run(
        """SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls
            FROM pg_roles WHERE rolname = :role""",
        role=role,
    )
    assert not special
    groups = "SELECT rolname FROM pg_auth_members JOIN pg_roles ON roleid = pg_roles.oid WHERE member = :role::regrole"
    assert shop.database().run(groups, role=role) == [["rds_iam"]]


def test_the_database_is_open_to_the_services_alone(shop: Shop) -> None:
    expectations = {**{each: [True, each == "migration"] for each in MAY}, "rds_iam": [False, False]}
    for role, expected in expectations.items():
        found = "SELECT has_database_privilege(:role, :name, 'CONNECT'), has_database_privilege(:role, :name, 'TEMP')"
        assert shop.database().run(found, role=role, name=shop.name) == [expected]
