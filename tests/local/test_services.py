"""AWS's APIs as functions find them: what is not signed, or not allowed, does not happen."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import boto3
import pytest
import requests
from botocore.config import Config
from botocore.exceptions import ClientError

from cloudshelf.local.aws import AwsEmulator
from cloudshelf.local.edge.wsgi import WsgiServer
from cloudshelf.local.iam import Iam, document_allows
from cloudshelf.local.lambdas.environment import FunctionFailed
from cloudshelf.local.lambdas.function import TooManyRequests
from cloudshelf.local.services import apis
from cloudshelf.local.services.apis import Apis

REGION = "us-east-1"
BOOK = {"book_id": {"S": "b"}}


class Cloud:
    """An account with a table, an index, a secret parameter and two functions; `client` is as a function has one."""

    def __init__(self, aws: AwsEmulator, port: int) -> None:
        self.aws, self.iam, self.port = aws, Iam(), port
        self.events: list[tuple[str, bytes]] = []
        self.policies: list[Mapping[str, Any]] = []
        self.parameter_keys: dict[str, str] = {}
        self.refused: list[str] = []
        self.caller = self.iam.issue("shop", "shop-role")
        self._clients: dict[str, Any] = {}

    def forget(self) -> None:
        for remembered in (self.events, self.policies, self.parameter_keys, self.refused, self.iam.policies):
            remembered.clear()  # type: ignore[attr-defined]

    def arn(self, service: str, rest: str) -> str:
        return f"arn:aws:{service}:{REGION}:{self.aws.account_id}:{rest}"

    def allow(self, *actions: str, resource: str, effect: str = "Allow", condition: Any = None) -> None:
        statement = {"Effect": effect, "Action": list(actions), "Resource": [resource]}
        self.iam.attach(
            "shop-role", json.dumps({"Statement": statement | ({"Condition": condition} if condition else {})})
        )

    def client(self, service: str, **changes: str) -> Any:
        """With other credentials where `changes` says so; made once, for making one takes long."""
        made = repr((service, changes))
        if made not in self._clients:
            who = {"access_key": self.caller.access_key, "secret_key": self.caller.secret_key, **changes}
            session_token = changes.get("session_token", self.caller.session_token)
            session: Any = boto3.Session(who["access_key"], who["secret_key"], session_token, region_name=REGION)
            settings = Config(retries={"max_attempts": 0}, account_id_endpoint_mode="disabled")
            self._clients[made] = session.client(service, endpoint_url=f"http://127.0.0.1:{self.port}", config=settings)
        return self._clients[made]

    def invoke(self, name: str, event: bytes) -> bytes:
        self.events.append((name, event))
        match name:
            case "fails":
                raise FunctionFailed("ValueError", "a detail")
            case "full":
                raise TooManyRequests(name)
            case "books":
                return b'{"books": []}'
        raise KeyError(name)


@pytest.fixture(scope="module")
def aws() -> Iterator[AwsEmulator]:
    with AwsEmulator() as emulator:
        emulator.client("dynamodb").create_table(
            TableName="books",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "book_id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("book_id", "title")],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "Titles",
                    "KeySchema": [{"AttributeName": "title", "KeyType": "HASH"}],
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
        )
        emulator.client("ssm").put_parameter(Name="/shop/secret", Value="hunter2", Type="SecureString")
        yield emulator


@pytest.fixture(scope="module")
def running(aws: AwsEmulator) -> Iterator[Cloud]:
    server = WsgiServer(0, 8)
    made = Cloud(aws, server.port)
    server.start(
        Apis(
            iam=made.iam,
            backend=aws.application,
            arn=made.arn,
            account_id=aws.account_id,
            invoke=made.invoke,
            endpoint_policies=lambda _function, _service: made.policies,
            parameter_keys=made.parameter_keys,
            key_set=lambda _path: None,
            log=made.refused.append,
        )
    )
    yield made
    server.stop()


@pytest.fixture
def cloud(running: Cloud) -> Cloud:
    running.forget()
    return running


def code(error: "pytest.ExceptionInfo[ClientError]") -> str:
    return str(error.value.response["Error"]["Code"])


def test_what_the_role_allows_is_done(cloud: Cloud) -> None:
    cloud.allow("dynamodb:PutItem", "dynamodb:GetItem", resource=cloud.arn("dynamodb", "table/books"))
    dynamodb = cloud.client("dynamodb")
    dynamodb.put_item(TableName="books", Item=BOOK)
    assert dynamodb.get_item(TableName="books", Key=BOOK)["Item"] == BOOK
    assert cloud.refused == []


def test_what_it_does_not_allow_is_refused_by_name(cloud: Cloud) -> None:
    cloud.allow("dynamodb:GetItem", resource=cloud.arn("dynamodb", "table/books"))
    with pytest.raises(
        ClientError, match=r"not authorized to perform: dynamodb:DeleteItem on resource: .*table/books"
    ) as e:
        cloud.client("dynamodb").delete_item(TableName="books", Key=BOOK)
    assert code(e) == "AccessDeniedException"
    with pytest.raises(ClientError):
        cloud.client("dynamodb").get_item(TableName="orders", Key=BOOK)
    assert len(cloud.refused) == 2


def test_an_index_is_a_resource_of_its_own(cloud: Cloud) -> None:
    cloud.allow("dynamodb:Query", resource=cloud.arn("dynamodb", "table/books"))
    asked = {
        "TableName": "books",
        "IndexName": "Titles",
        "KeyConditionExpression": "title = :t",
        "ExpressionAttributeValues": {":t": {"S": "x"}},
    }
    with pytest.raises(ClientError, match="table/books/index/Titles"):
        cloud.client("dynamodb").query(**asked)
    cloud.allow("dynamodb:Query", resource=cloud.arn("dynamodb", "table/books/index/Titles"))
    assert cloud.client("dynamodb").query(**asked)["Items"] == []


def test_a_transaction_needs_what_each_of_its_parts_needs(cloud: Cloud) -> None:
    cloud.allow("dynamodb:PutItem", resource=cloud.arn("dynamodb", "table/books"))
    put = {"Put": {"TableName": "books", "Item": BOOK}}
    delete = {"Delete": {"TableName": "books", "Key": {"book_id": {"S": "c"}}}}
    cloud.client("dynamodb").transact_write_items(TransactItems=[put])
    with pytest.raises(ClientError, match="dynamodb:DeleteItem"):
        cloud.client("dynamodb").transact_write_items(TransactItems=[put, delete])


def test_a_denial_beats_a_permission(cloud: Cloud) -> None:
    table = cloud.arn("dynamodb", "table/books")
    cloud.allow("dynamodb:GetItem", resource=table)
    cloud.allow("dynamodb:GetItem", resource=table, effect="Deny")
    with pytest.raises(ClientError):
        cloud.client("dynamodb").get_item(TableName="books", Key=BOOK)


def test_the_policy_of_the_endpoint_is_asked_too(cloud: Cloud) -> None:
    table = cloud.arn("dynamodb", "table/books")
    cloud.allow("dynamodb:GetItem", "dynamodb:PutItem", resource=table)
    account = {"StringEquals": {"aws:PrincipalAccount": cloud.aws.account_id}}
    statement = {"Effect": "Allow", "Principal": "*", "Action": "dynamodb:GetItem", "Resource": table}
    cloud.policies.append({"Statement": [{**statement, "Condition": account}]})
    cloud.client("dynamodb").get_item(TableName="books", Key=BOOK)
    with pytest.raises(ClientError, match="no VPC endpoint policy"):
        cloud.client("dynamodb").put_item(TableName="books", Item=BOOK)


@pytest.mark.parametrize(
    "changes", [{"secret_key": "x"}, {"session_token": "x"}, {"access_key": "ASIAXXXXXXXXXXXXXXXX"}]
)
def test_credentials_that_are_not_the_functions_get_nothing(cloud: Cloud, changes: dict[str, str]) -> None:
    cloud.allow("dynamodb:GetItem", resource=cloud.arn("dynamodb", "table/books"))
    with pytest.raises(ClientError) as error:
        cloud.client("dynamodb", **changes).get_item(TableName="books", Key=BOOK)
    assert code(error) == "InvalidSignatureException"


def test_an_unsigned_call_and_another_service_get_nothing(cloud: Cloud) -> None:
    target = {"X-Amz-Target": "DynamoDB_20120810.ListTables", "Content-Type": "application/x-amz-json-1.0"}
    assert requests.post(f"http://127.0.0.1:{cloud.port}/", headers=target, data="{}", timeout=30).status_code == 403
    with pytest.raises(ClientError) as error:
        cloud.client("secretsmanager").list_secrets()
    assert code(error) == "UnknownOperationException"


def test_a_secret_is_read_by_who_may(cloud: Cloud) -> None:
    arn = cloud.aws.client("secretsmanager").create_secret(Name="rds!db-1", SecretString="hunter2")["ARN"]
    with pytest.raises(ClientError) as error:
        cloud.client("secretsmanager").get_secret_value(SecretId=arn)
    assert code(error) == "AccessDeniedException"
    cloud.allow("secretsmanager:GetSecretValue", resource=arn)
    assert cloud.client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"] == "hunter2"


def test_a_secret_parameter_needs_its_key(cloud: Cloud) -> None:
    key, parameter = cloud.arn("kms", "key/1"), cloud.arn("ssm", "parameter/shop/secret")
    cloud.parameter_keys["/shop/secret"] = key
    cloud.allow("ssm:GetParameter", resource=parameter)
    with pytest.raises(ClientError, match="kms:Decrypt"):
        cloud.client("ssm").get_parameter(Name="/shop/secret", WithDecryption=True)
    context = {"StringEquals": {"kms:EncryptionContext:PARAMETER_ARN": parameter}}
    cloud.allow("kms:Decrypt", resource=key, condition=context)
    found = cloud.client("ssm").get_parameter(Name="/shop/secret", WithDecryption=True)
    assert found["Parameter"]["Value"] == "hunter2"


def test_a_function_invokes_those_its_role_names(cloud: Cloud) -> None:
    cloud.allow("lambda:InvokeFunction", resource=cloud.arn("lambda", "function:books"))
    answer = cloud.client("lambda").invoke(FunctionName="books", Payload=b'{"lookup": ["b"]}')
    assert (answer["StatusCode"], json.load(answer["Payload"])) == (200, {"books": []})
    assert cloud.events == [("books", b'{"lookup": ["b"]}')]
    with pytest.raises(ClientError, match="lambda:InvokeFunction"):
        cloud.client("lambda").invoke(FunctionName="orders", Payload=b"{}")
    assert len(cloud.events) == 1


def test_a_function_that_fails_is_told_as_lambda_tells_it(cloud: Cloud) -> None:
    cloud.allow("lambda:InvokeFunction", resource=cloud.arn("lambda", "function:*"))
    failed = cloud.client("lambda").invoke(FunctionName="fails", Payload=b"{}")
    assert failed["FunctionError"] == "Unhandled"
    assert json.load(failed["Payload"]) == {"errorType": "ValueError", "errorMessage": "a detail"}
    for name, expected in (("full", "TooManyRequestsException"), ("nobody", "ResourceNotFoundException")):
        with pytest.raises(ClientError) as error:
            cloud.client("lambda").invoke(FunctionName=name, Payload=b"{}")
        assert code(error) == expected


@pytest.mark.parametrize(
    ("condition", "context", "held"),
    [
        ({"StringEquals": {"aws:x": "1"}}, {"aws:x": "1"}, True),
        ({"StringEquals": {"aws:x": ["1", "2"]}}, {"AWS:X": "2"}, True),
        ({"StringEquals": {"aws:x": "1"}}, {}, False),
        ({"StringEqualsIfExists": {"aws:x": "1"}}, {}, True),
        ({"ArnLike": {"aws:x": "arn:*:f?o"}}, {"aws:x": "arn:a:foo"}, True),
        ({"Bool": {"aws:x": "true"}}, {"aws:x": "false"}, False),
    ],
)
def test_conditions_hold_as_iam_says(condition: Any, context: dict[str, str], held: bool) -> None:
    statement = {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*", "Condition": condition}
    assert document_allows({"Statement": statement}, "s3:getobject", "arn", context) is held


@pytest.mark.parametrize(
    "part", [{"NotAction": "s3:*"}, {"Condition": {"DateLessThan": {"aws:x": "1"}}}, {"Principal": {"AWS": "1"}}]
)
def test_what_is_not_evaluated_is_an_error_not_a_yes(part: dict[str, Any]) -> None:
    statement = {"Effect": "Allow", "Action": "s3:*", "Resource": "*", **part}
    with pytest.raises(ValueError, match="does not evaluate"):
        document_allows({"Statement": statement}, "s3:GetObject", "arn", {"aws:x": "1"})


@pytest.fixture
def exports(aws: AwsEmulator) -> str:
    client = aws.client("s3")
    client.create_bucket(Bucket="exports")
    client.put_object(Bucket="exports", Key="books/data/a b.json.gz", Body=b"{}")
    return "arn:aws:s3:::exports"


def test_a_function_reads_the_objects_its_role_names_and_lists_their_bucket(cloud: Cloud, exports: str) -> None:
    cloud.allow("s3:ListBucket", resource=exports)
    cloud.allow("s3:GetObject", resource=f"{exports}/*")
    s3 = cloud.client("s3")
    (found,) = s3.list_objects_v2(Bucket="exports", Prefix="books/")["Contents"]
    assert s3.get_object(Bucket="exports", Key=found["Key"])["Body"].read() == b"{}"


@pytest.mark.parametrize("allowed", [("s3:ListBucket", ""), ("s3:GetObject", "/other/*")])
def test_an_object_the_role_does_not_name_is_refused(cloud: Cloud, exports: str, allowed: tuple[str, str]) -> None:
    action, below = allowed
    cloud.allow(action, resource=f"{exports}{below}")
    with pytest.raises(ClientError):
        cloud.client("s3").get_object(Bucket="exports", Key="books/data/a b.json.gz")
    assert "s3:GetObject on resource: arn:aws:s3:::exports/books/data/a b.json.gz" in cloud.refused[-1]


def test_the_local_cloud_lets_no_function_write_to_s3(cloud: Cloud, exports: str) -> None:
    cloud.allow("s3:DeleteObject", resource=f"{exports}/*")
    with pytest.raises(ClientError):
        cloud.client("s3").delete_object(Bucket="exports", Key="new")
    assert "lets functions read S3" in cloud.refused[-1]


def test_a_bucket_may_be_in_the_host_as_the_sdk_has_it() -> None:
    host = {"PATH_INFO": "/books/x.gz", "HTTP_HOST": f"exports.s3.{REGION}.amazonaws.com:443"}
    assert apis.path_of(host, "s3") == "/exports/books/x.gz"
    assert (
        apis.path_of({"PATH_INFO": "/exports/x.gz", "HTTP_HOST": f"s3.{REGION}.amazonaws.com"}, "s3") == "/exports/x.gz"
    )
    assert apis.path_of(host, "dynamodb") == "/books/x.gz"
