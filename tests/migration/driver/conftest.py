"""The emulator with tables that have streams."""

from collections.abc import Iterator
from typing import Any

import pytest

from cloudshelf.local.aws import AwsEmulator


@pytest.fixture
def aws() -> Iterator[AwsEmulator]:
    with AwsEmulator() as emulator:
        yield emulator


@pytest.fixture
def bucket(aws: AwsEmulator) -> str:
    """Buckets have one name in the whole world, and in moto."""
    name = f"exports-{aws.account_id}"
    aws.client("s3").create_bucket(Bucket=name)
    return name


@pytest.fixture
def table(aws: AwsEmulator) -> dict[str, Any]:
    """A table `things` keyed by `name`, with a stream and point-in-time recovery."""
    dynamodb = aws.client("dynamodb")
    made: dict[str, Any] = dynamodb.create_table(
        TableName="things",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "name", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "name", "AttributeType": "S"}],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )["TableDescription"]
    dynamodb.update_continuous_backups(
        TableName="things", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    return made
