"""The driver's ways to the outside: Lambda, CloudFront's values, exports, the state machine."""

import io
import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, MissingDependencyException
from botocore.stub import Stubber

from cloudshelf.local.aws import AwsEmulator
from cloudshelf.migrate.backends import LONGEST_REQUEST_S, SPREAD_S, EdgeRouter
from cloudshelf.migrate.context import TRIES, Patient, until_done
from cloudshelf.migrate.engine import LambdaSteps
from cloudshelf.migrate.exports import TableExports, tables_of
from cloudshelf.migrate.interfaces import Conflict, MigrationError, Refused, StepFailed
from cloudshelf.migrate.loading import StateMachine

ARN = "arn:aws:cloudfront::123456789012:key-value-store/values"
MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:cloudshelf-phase2-load"
EXECUTION = "arn:aws:states:us-east-1:123456789012:execution:cloudshelf-phase2-load:one"


class Function:
    """Answers as Lambda would, one after the other."""

    def __init__(self, *answers: Any) -> None:
        self.answers, self.events = list(answers), []  # type: ignore[var-annotated]

    def invoke(self, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803 - boto3's names
        assert FunctionName == "mover"
        self.events.append(json.loads(Payload))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        failed = {"FunctionError": "Unhandled"} if "errorType" in answer else {}
        return {"Payload": io.BytesIO(json.dumps(answer).encode()), **failed}


def error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "Invoke")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"refused": "not now", "code": "refused"}, Refused),
        ({"refused": "somebody else", "code": "conflict"}, Conflict),
        ({"errorType": "ValueError", "errorMessage": "odd"}, StepFailed),
        (error("TooManyRequestsException"), StepFailed),
        (error("ResourceNotFoundException"), MigrationError),
    ],
)
def test_an_answer_that_is_none_says_what_kind_of_trouble_it_is(answer: Any, expected: type[Exception]) -> None:
    with pytest.raises(MigrationError) as found:
        LambdaSteps(Function(answer), "mover").invoke("state", {})
    assert type(found.value) is expected


def test_a_step_that_fails_is_asked_for_again_and_one_that_is_refused_is_not() -> None:
    broken = {"errorType": "Runtime.ExitError", "errorMessage": "crashed"}
    function = Function(broken, error("TooManyRequestsException"), {"done": True})
    pauses: list[float] = []
    assert Patient(LambdaSteps(function, "mover"), pauses.append).invoke("sync", {"x": 1}) == {"done": True}
    assert function.events == [{"step": "sync", "x": 1}] * 3
    assert len(pauses) == 2
    refusing = Function({"refused": "no", "code": "refused"})
    with pytest.raises(Refused):
        Patient(LambdaSteps(refusing, "mover"), pauses.append).invoke("finish", {})
    hopeless = Function(*[broken] * TRIES)
    with pytest.raises(StepFailed, match="crashed"):
        Patient(LambdaSteps(hopeless, "mover"), pauses.append).invoke("load", {})


def test_a_long_step_is_asked_for_from_where_it_says_it_got() -> None:
    function = Function({"done": False, "after": {"at": 3}}, {"done": False}, {"done": True})
    steps = LambdaSteps(function, "mover")
    assert len(list(until_done(steps, "verify", entity="books"))) == 3
    assert [event.get("after") for event in function.events] == [None, {"at": 3}, None]


@pytest.fixture
def edge() -> Iterator[tuple[EdgeRouter, Stubber, list[float]]]:
    session = boto3.Session("key", "secret", region_name="us-east-1")
    # Its own kind of signature takes awscrt, and nothing is sent here.
    values = session.client("cloudfront-keyvaluestore", config=Config(signature_version="v4"))
    cloudfront = session.client("cloudfront")
    pauses: list[float] = []
    with Stubber(cloudfront) as finding, Stubber(values) as stub:
        store = {"Name": "n", "Id": "i", "Comment": "", "ARN": ARN, "Status": "READY", "LastModifiedTime": 0}
        finding.add_response("describe_key_value_store", {"KeyValueStore": store, "ETag": "1"}, {"Name": "store"})
        yield EdgeRouter(cloudfront, values, "store", pauses.append), stub, pauses


def version(stub: Stubber, etag: str) -> None:
    told = {"ETag": etag, "ItemCount": 4, "TotalSizeInBytes": 9, "KvsARN": ARN, "Created": 0}
    stub.add_response("describe_key_value_store", told, {"KvsARN": ARN})


def test_all_values_are_put_at_once_and_again_when_somebody_else_was_first(
    edge: tuple[EdgeRouter, Stubber, list[float]],
) -> None:
    router, stub, pauses = edge
    version(stub, "a")
    stub.add_client_error("update_keys", "ConflictException")
    version(stub, "b")
    puts = [{"Key": "weight", "Value": "5"}, {"Key": "hold_from", "Value": "0"}]
    stub.add_response(
        "update_keys",
        {"ETag": "c", "ItemCount": 4, "TotalSizeInBytes": 9},
        {"KvsARN": ARN, "IfMatch": "b", "Puts": puts},
    )
    router.put({"weight": "5", "hold_from": "0"})
    stub.assert_no_pending_responses()
    router.settle()
    assert sum(pauses) == SPREAD_S + LONGEST_REQUEST_S


def test_the_values_are_read_from_all_pages(edge: tuple[EdgeRouter, Stubber, list[float]]) -> None:
    router, stub, _ = edge
    stub.add_response("list_keys", {"Items": [{"Key": "weight", "Value": "5"}], "NextToken": "more"}, {"KvsARN": ARN})
    stub.add_response(
        "list_keys", {"Items": [{"Key": "back_office", "Value": "held"}]}, {"KvsARN": ARN, "NextToken": "more"}
    )
    assert router.read() == {"weight": "5", "back_office": "held"}


def test_values_that_cannot_be_reached_are_one_line(edge: tuple[EdgeRouter, Stubber, list[float]]) -> None:
    router, stub, _ = edge
    stub.add_client_error("list_keys", "AccessDeniedException", "not you")
    with pytest.raises(MigrationError, match="not you"):
        router.read()


def test_without_awscrt_it_is_said_how_to_get_it() -> None:
    class Unsigned:
        def describe_key_value_store(self, **_: str) -> None:
            raise MissingDependencyException(msg="awscrt")

    with pytest.raises(MigrationError, match=r"uv sync --frozen --inexact --extra move"):
        EdgeRouter(Unsigned(), Unsigned(), "store").put({"weight": "5"})


def test_a_table_is_exported_to_where_its_manifest_is(aws: AwsEmulator, bucket: str, table: dict[str, Any]) -> None:
    exports = TableExports(aws.client("dynamodb"), bucket, {"books": table["TableName"]})
    job = exports.look(exports.start("books", table["TableName"], "token").arn)
    assert job.done
    assert job.prefix.startswith("books/AWSDynamoDB/")
    listed = aws.client("s3").list_objects_v2(Bucket=bucket, Prefix=job.prefix)["Contents"]
    assert {each["Key"].removeprefix(job.prefix).split("/")[1] for each in listed} == {
        "data",
        "manifest-files.json",
        "manifest-summary.json",
    }


def test_an_export_that_cannot_be_says_why(aws: AwsEmulator, table: dict[str, Any]) -> None:
    exports = TableExports(aws.client("dynamodb"), "nowhere", {"books": "things"})
    with pytest.raises(MigrationError, match="S3NoSuchBucket"):
        exports.look(exports.start("books", table["TableName"], "token").arn)
    with pytest.raises(MigrationError, match="missing cannot be exported"):
        exports.start("books", "missing", "token")


def test_the_functions_own_variables_say_what_to_export() -> None:
    variables = {"SOURCE_BOOKS_TABLE_NAME": "b", "SOURCE_CARTS_TABLE_NAME": "c", "CARTS_TABLE_NAME": "other"}
    assert tables_of(variables) == {"books": "b", "carts": "c"}


@pytest.fixture
def machine() -> Iterator[tuple[StateMachine, Stubber]]:
    client = boto3.Session("key", "secret", region_name="us-east-1").client("stepfunctions")
    with Stubber(client) as stub:
        yield StateMachine(client, MACHINE), stub


def execution(stub: Stubber, status: str, **more: str) -> None:
    told = {"executionArn": EXECUTION, "stateMachineArn": MACHINE, "status": status, "startDate": 0, **more}
    stub.add_response("describe_execution", told, {"executionArn": EXECUTION})


def test_a_load_is_started_once_and_followed_to_its_end(machine: tuple[StateMachine, Stubber]) -> None:
    loading, stub = machine
    stub.add_client_error("describe_execution", "ExecutionDoesNotExist")
    begun = {"stateMachineArn": MACHINE, "name": "one", "input": '{"exports": {"books": "p"}}'}
    stub.add_response("start_execution", {"executionArn": EXECUTION, "startDate": 0}, begun)
    assert loading.start({"books": "p"}, "one") == EXECUTION
    execution(stub, "RUNNING")
    assert loading.start({"books": "p"}, "one") == EXECUTION
    execution(stub, "RUNNING")
    execution(stub, "SUCCEEDED")
    assert [loading.is_done(EXECUTION) for _ in range(2)] == [False, True]
    execution(stub, "FAILED", error="Refused", cause="shoppers are on the target")
    with pytest.raises(MigrationError, match=r"FAILED: Refused shoppers .* --again"):
        loading.is_done(EXECUTION)
    stub.assert_no_pending_responses()
