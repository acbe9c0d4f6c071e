"""The engine over phase1's tables in moto, their streams and exports, and a database with the shop's schema."""

from collections.abc import Iterator

import pytest

from cloudshelf.local.aws import AwsEmulator
from tests.functions.conftest import emulator as functions_emulator
from tests.migration.engine.move import BUCKET, ENTITIES, Move, physical
from tests.migration.engine.sides import Sides
from tests.postgres.servers import Shop

emulator = functions_emulator


@pytest.fixture(scope="session")
def streaming(emulator: AwsEmulator) -> AwsEmulator:
    """With a stream for each of the source's tables, and a bucket for exports."""
    client = emulator.client("dynamodb")
    for entity in ENTITIES:
        stream = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
        client.update_table(TableName=physical(entity), StreamSpecification=stream)
    emulator.client("s3").create_bucket(Bucket=BUCKET)
    return emulator


@pytest.fixture
def move(streaming: AwsEmulator, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Iterator[Move]:
    """Nothing is anywhere at its beginning."""
    made = Move(streaming, shop, monkeypatch)
    made.clear()
    yield made
    made.close()


@pytest.fixture
def sides(move: Move, monkeypatch: pytest.MonkeyPatch) -> Sides:
    return Sides(move, monkeypatch)
