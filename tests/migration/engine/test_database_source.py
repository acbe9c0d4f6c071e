"""From one database to another, as from enhanced to phase2: the same steps, the same proofs."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from migration import following, replaying, verifying
from migration.buckets import bucket
from migration.cart_target import CartTarget
from migration.comparing import NOT_COMPARED
from migration.engine import Engine, patient
from migration.exports import Exports
from migration.postgres_source import PostgresSource
from shared.dynamo import Table
from shared.postgres import Database

from cloudshelf.local.aws import AwsEmulator
from cloudshelf.local.postgres.server import PostgresServer
from tests.functions.boundary import crash, lost_reply
from tests.functions.stores import PostgresStore
from tests.migration.engine.move import BUCKET, ENTITIES, READ_TO, TABLES, TARGET_CARTS, Move
from tests.migration.engine.saved import Saved
from tests.migration.engine.sides import Side, Sides
from tests.migration.engine.test_crashes import survives_everywhere
from tests.migration.engine.test_seen import nothing_points, rows_planted
from tests.migration.engine.test_shift import EARLY, LATE, everything, opened_shop
from tests.postgres.servers import Shop, with_schema

SOURCE_CARTS = "functions-cloudshelf-enhanced-carts"


class DatabaseMove(Move):
    """`source` is the other database."""

    source: Shop

    def new_engine(self) -> Engine:
        carts = CartTarget(Table(SOURCE_CARTS))
        return Engine(
            target=Database(patient(self.shop.login("migration"))),
            source=PostgresSource(Database(patient(self.source.login("migration"))), carts),
            carts=CartTarget(Table(TARGET_CARTS)),
            tables={"carts": SOURCE_CARTS},
            exports=Exports(BUCKET),
            currency="USD",
        )

    def cart_records(self) -> list[dict[str, Any]]:
        streams = self.aws.client("dynamodbstreams")
        arn = self.client.describe_table(TableName=SOURCE_CARTS)["Table"]["LatestStreamArn"]
        (shard,) = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
        named = {"StreamArn": arn, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
        page = streams.get_records(ShardIterator=streams.get_shard_iterator(**named)["ShardIterator"])
        records = page["Records"]
        new = [each for each in records if int(each["dynamodb"]["SequenceNumber"]) > int(READ_TO.get(arn, "0"))]
        if records:
            READ_TO[arn] = records[-1]["dynamodb"]["SequenceNumber"]
        return [{**record, "eventSourceARN": arn} for record in new]

    def load_all(self) -> dict[str, dict[str, Any]]:
        """From the beginning."""
        self.target.run("DELETE FROM migration.checkpoints")
        assert "refused" not in self.call("begin", source="enhanced", exports={})
        keys = self.keys()
        return {entity: self.load_files(entity, keys) for entity in ENTITIES}

    def follow(self) -> dict[str, Any]:
        """Everything that changed at the source."""
        assert self.sync(self.cart_records())["batchItemFailures"] == []
        answer = self.call("sync")
        assert answer["done"]
        return answer


class EnhancedStore(PostgresStore):
    def environment(self) -> Mapping[str, str]:
        return {**super().environment(), "CARTS_TABLE_NAME": SOURCE_CARTS}


@pytest.fixture(scope="module")
def enhanced(server: PostgresServer) -> Iterator[Shop]:
    yield from with_schema(server)


@pytest.fixture(scope="module")
def carts(streaming: AwsEmulator) -> str:
    """The source's table, with a stream."""
    streaming.client("dynamodb").create_table(
        TableName=SOURCE_CARTS,
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("user_id", "book_id")],
        KeySchema=[{"AttributeName": "user_id", "KeyType": "HASH"}, {"AttributeName": "book_id", "KeyType": "RANGE"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    return SOURCE_CARTS


@pytest.fixture
def move(
    streaming: AwsEmulator, shop: Shop, enhanced: Shop, carts: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[DatabaseMove]:
    class Here(DatabaseMove):
        source = enhanced

    made = Here(streaming, shop, monkeypatch)
    made.clear()
    for item in made.client.scan(TableName=carts)["Items"]:
        made.client.delete_item(TableName=carts, Key={name: item[name] for name in ("user_id", "book_id")})
    deletes = "; ".join(f"DELETE FROM {name}" for name in TABLES)  # noqa: S608
    enhanced.database().transaction(lambda session: session.script(f"SELECT migration.capture(false); {deletes}"))
    made.cart_records()
    yield made
    made.close()


@pytest.fixture
def sides(move: DatabaseMove, monkeypatch: pytest.MonkeyPatch) -> Sides:
    made = Sides(move, monkeypatch)
    made.source = Side(EnhancedStore(move.client, move.source), monkeypatch)
    return made


def opened(move: DatabaseMove, sides: Sides) -> list[str]:
    """A shop that is moved while something happens in it."""
    source = sides.source
    books = opened_shop(source)
    assert move.call("plan")["ready"]
    move.load_all()
    assert source.buy(LATE, books[1], key="second", quantity=1).status == 201
    change = {"category": "Moved", "title": "New", "author": "a", "price": 3, "stock_quantity": 1}
    assert source.lambdas.admin("PUT", f"/admin/books/{books[0]}", change).status == 200
    move.follow()
    return books


def same_everywhere(move: Move) -> None:
    found = move.verify()
    assert {entity: each["differences"] for entity, each in found.items()} == dict.fromkeys(found, 0), found
    assert move.call("verify", entity="relations")["differences"] == 0


def shift(move: DatabaseMove, weight: int) -> None:
    move.follow()
    assert move.call("replay", carts=True)["done"]
    assert "refused" not in move.call("set_state", changes={"weight": weight})
    assert move.call("rebalance")["done"]


def copies(move: DatabaseMove, book: str) -> tuple[int, int]:
    sql = "SELECT stock_quantity FROM books WHERE book_id = :book"
    (there, here) = (database.run(sql, book=book)[0][0] for database in (move.source.database(), move.target))
    return there, here


def test_everything_of_a_database_and_what_changed_since_comes_in(move: DatabaseMove, sides: Sides) -> None:
    books = opened(move, sides)
    same_everywhere(move)
    for user in (EARLY, LATE):
        assert everything(sides.target, user) == everything(sides.source, user)
    assert sides.target.get(f"/books/{books[0]}")["category"] == "Moved"
    again = move.load_all()
    assert sum(each["written"] for each in again.values()) == 0
    assert move.call("lag", mark=True)["forward_waiting"] == 64
    move.follow()
    assert move.call("lag")["forward_waiting"] == 0


def test_shoppers_come_over_and_go_back(move: DatabaseMove, sides: Sides) -> None:
    books = opened(move, sides)
    assert bucket(EARLY) < 50 <= bucket(LATE)
    assert copies(move, books[0]) == (6, 6)
    shift(move, 50)
    assert copies(move, books[0]) == (3, 3)
    assert sides.target.buy(EARLY, books[0], key="over", quantity=2).status == 201
    assert sides.source.buy(LATE, books[0], key="there", quantity=2).status == 201
    sides.target.lambdas.call("PATCH", "/users/me", {"first_name": "Zoë"}, user=EARLY)
    move.follow()
    move.call("replay", carts=True)
    same_everywhere(move)
    shift(move, 100)
    assert copies(move, books[0]) == (0, 2)
    assert sides.target.lambdas.admin("DELETE", f"/admin/books/{books[1]}").status == 204
    shift(move, 0)
    same_everywhere(move)
    assert copies(move, books[0]) == (2, 0)
    assert len(sides.source.orders(EARLY)) == 2
    assert sides.source.get("/users/me", EARLY)["first_name"] == "Zoë"
    assert sides.source.get(f"/books/{books[1]}") == 404


@pytest.mark.parametrize("weight", [0, 100])
def test_shoppers_and_books_that_swap_something_swap_it_on_the_other_side_too(
    move: DatabaseMove, sides: Sides, weight: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    books = opened(move, sides)
    if weight:
        shift(move, weight)
    monkeypatch.setattr(following, "AT_ONCE", 1)
    monkeypatch.setattr(replaying, "AT_ONCE", 1)
    at = move.target if weight else move.source.database()
    at.run("UPDATE books SET isbn = '978030640615' || (book_id = :book)::integer", book=books[0])
    assert move.call("replay")["done"]
    move.follow()
    for first, second in (("0", "2"), ("1", "0"), ("2", "1")):
        at.run("UPDATE books SET isbn = '978030640615' || :to WHERE isbn = '978030640615' || :of", to=second, of=first)
    for number in (0, 1, 2):
        user, other = (EARLY, LATE) if number == 1 else (LATE, EARLY)
        email = "none@example.com" if number == 0 else f"{other}@example.com"
        at.run("UPDATE users SET email = :email WHERE user_id = :user", email=email, user=user)
    while not move.call("replay")["done"]:
        pass
    move.follow()
    assert move.rejects() == {}
    same_everywhere(move)


@pytest.mark.parametrize("weight", [0, 50, 100])
def test_a_difference_in_any_column_of_the_source_is_seen_unless_the_list_says_why_not(
    move: DatabaseMove, sides: Sides, monkeypatch: pytest.MonkeyPatch, weight: int
) -> None:
    monkeypatch.setattr(verifying, "LOOKS", 1)
    books = opened(move, sides)
    if weight:
        shift(move, weight)
        for _ in range(2):
            move.follow()
            assert move.call("copies") in ({"unknown": 0}, {"unknown": len(books)})
        move.call("replay", carts=True)
    same_everywhere(move)
    there = move.source.database()
    order = sides.source.orders(EARLY)[0]["order_id"]
    of_order = f"order_id = (SELECT id FROM orders WHERE order_id = '{order}')"  # noqa: S608 - no input in it
    some = {
        "books": f"book_id = '{books[0]}'",
        "users": f"user_id = '{EARLY}'",
        "orders": f"order_id = '{order}'",
        **dict.fromkeys(("order_items", "payments"), of_order),
        "outbox": "true",
    }
    saved = Saved(move, (), there)
    unseen = set()
    with nothing_points(there):
        for plant in rows_planted(there, some):
            plant.put()
            # A book shows what is wrong with its sales.
            found = sum(each["differences"] for each in move.verify(plant.entity, "books").values())
            if not found + move.call("verify", entity="relations")["differences"]:
                unseen.add(plant.name)
            saved.restore()
    assert not sorted(name for name in unseen if name not in NOT_COMPARED)


def test_debts_go_with_their_shoppers_and_wait_while_they_are_held(move: DatabaseMove, sides: Sides) -> None:
    opened(move, sides)
    there = move.source.database()
    for user in (EARLY, LATE):
        there.run(
            """WITH owed AS (
                    UPDATE payments SET status = 'authorised' FROM orders JOIN users ON users.id = orders.user_id
                    WHERE payments.order_id = orders.id AND users.user_id = :user
                    RETURNING orders.id, users.id AS shopper
                )
                INSERT INTO outbox (order_id, task, user_id, lines, due_at)
                SELECT id, 'settle', shopper, '{"a": "b"}', now() - interval '1 hour' FROM owed""",
            user=user,
        )
    move.follow()
    noted = """SELECT users.user_id, lines::text, due_at > now() FROM outbox JOIN users ON users.id = outbox.user_id
        GROUP BY 1, 2, 3 ORDER BY 1"""
    assert there.run(noted) == [[EARLY, '{"a": "b"}', False], [LATE, '{"a": "b"}', False]]
    move.call("withhold", first=0, last=50)
    assert there.run(noted) == [[EARLY, '{"a": "b"}', True], [LATE, '{"a": "b"}', False]]
    shift(move, 50)
    assert [user for user, *_ in there.run(noted)] == [LATE]
    assert move.target.run(noted) == [[EARLY, '{"a": "b"}', True]]
    same_everywhere(move)
    shift(move, 0)
    assert [user for user, *_ in there.run(noted)] == [EARLY, LATE]
    assert move.target.run(noted) == []
    same_everywhere(move)


def test_a_move_between_databases_ends(move: DatabaseMove, sides: Sides) -> None:
    opened(move, sides)
    shift(move, 100)
    same_everywhere(move)
    assert move.call("finish")["step"] == "finished"
    sides.source.lambdas.call("PATCH", "/users/me", {"first_name": "Late"}, user=LATE)
    assert move.source.database().run("SELECT count(*) FROM migration.changes") == [[0]]


@pytest.mark.parametrize("fault", [crash, lost_reply])
def test_a_shift_between_databases_that_is_cut_off_anywhere_loses_and_doubles_no_copy(
    move: DatabaseMove, sides: Sides, fault: Any
) -> None:
    opened(move, sides)
    shift(move, 50)
    there = Saved(move, (), move.source.database())

    def act() -> None:
        move.call("set_state", changes={"weight": 0})
        move.call("rebalance")

    def look() -> Any:
        return move.source.database().run("SELECT book_id, stock_quantity FROM books ORDER BY book_id")

    survives_everywhere(move, (), act, fault, there, look)


def test_a_column_that_nothing_keeps_is_named(move: DatabaseMove) -> None:
    move.source.database().run("ALTER TABLE books ADD weight integer")
    try:
        assert move.call("plan")["unmapped"] == [{"entity": "books", "attribute": "weight", "key": ""}]
    finally:
        move.source.database().run("ALTER TABLE books DROP weight")


def test_a_load_does_not_undo_what_changed_since(move: DatabaseMove, sides: Sides) -> None:
    book = sides.source.lambdas.new_book(stock=10)
    move.call("begin", exports={})
    sides.source.lambdas.admin("PATCH", f"/admin/books/{book}/stock", {"delta": 5})
    move.follow()
    move.source.database().run("ALTER TABLE books DISABLE TRIGGER noted_for_migration")
    move.source.database().run("UPDATE books SET stock_quantity = 1")
    assert sum(each["written"] for each in move.load_all().values()) == 0
    assert copies(move, book) == (1, 15)
