"""Phase 1's topology, permissions and protection, as declared."""

import json
import os
from typing import Any

import pytest

from cloudshelf.graph import Graph
from cloudshelf.graph.inventory import inventory
from components import contract
from tests.infra.provider import ACCOUNT, REGION, ROOT, Declare

PUBLIC = {
    "listBooks",
    "getBook",
    "listRelatedBooks",
    "listCategories",
    "listBestsellers",
    "getHealth",
    "getMeta",
    "getContract",
}
BOOKS, CARTS, USERS, ORDERS = (f"cloudshelf-phase1-{name}" for name in ("books", "carts", "users", "orders"))
# Which function makes which DynamoDB call on which table or index. Compare with the calls in functions/*/dynamo.py.
PERMISSIONS = {
    "books": {
        BOOKS: {"Query"},
        f"{BOOKS}/index/TitleSearchIndex": {"Query"},
        f"{BOOKS}/index/BookIdIndex": {"Query"},
        f"{ORDERS}/index/OrderDateIndex": {"Query"},
    },
    "carts": {
        CARTS: {"GetItem", "PutItem"},
        BOOKS: {"BatchGetItem"},
        f"{BOOKS}/index/BookIdIndex": {"Query"},
    },
    "users": {
        USERS: {"GetItem", "PutItem", "UpdateItem"},
        CARTS: {"DeleteItem"},
        ORDERS: {"Query", "UpdateItem"},
    },
    "orders": {
        ORDERS: {"GetItem", "Query", "PutItem", "UpdateItem"},
        CARTS: {"GetItem", "UpdateItem"},
        BOOKS: {"BatchGetItem", "UpdateItem"},
        f"{BOOKS}/index/BookIdIndex": {"Query"},
    },
    "admin": {
        BOOKS: {"GetItem", "BatchGetItem", "PutItem", "UpdateItem", "DeleteItem"},
        f"{BOOKS}/index/BookIdIndex": {"Query"},
        ORDERS: {"GetItem", "UpdateItem"},
        f"{ORDERS}/index/OrderDateIndex": {"Query"},
    },
}
TABLES = {
    "books-table": ("category", "book_id", {"TitleSearchIndex": ["title"], "BookIdIndex": ["book_id"]}),
    "carts-table": ("user_id", "cart_id", {}),
    "users-table": ("user_id", None, {"EmailIndex": ["email"]}),
    "orders-table": ("user_id", "order_id", {"OrderDateIndex": ["order_date", "order_id"]}),
}
RESERVED_VARIABLES = ("AWS_", "_HANDLER", "LAMBDA_", "TZ")


def body(graph: Graph) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(graph.one("aws:apigateway/restApi:RestApi").inputs["body"])
    return parsed


def statements(graph: Graph, function: str) -> list[dict[str, Any]]:
    policy = graph.of("aws:iam/rolePolicy:RolePolicy")[f"{function}-policy"]
    listed: list[dict[str, Any]] = json.loads(policy.inputs["policy"])["Statement"]
    return listed


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


@pytest.mark.parametrize("function", PERMISSIONS)
def test_a_function_may_make_the_calls_it_makes_and_no_others(phase1: Graph, function: str) -> None:
    granted: dict[str, set[str]] = {}
    for statement in statements(phase1, function):
        for resource in statement["Resource"]:
            actions = {a.removeprefix("dynamodb:") for a in statement["Action"] if a.startswith("dynamodb:")}
            if actions:
                granted.setdefault(resource.removeprefix(f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/"), set()).update(
                    actions
                )
    assert granted == PERMISSIONS[function]


def test_besides_dynamodb_a_function_may_only_write_its_own_log(phase1: Graph) -> None:
    for function in PERMISSIONS:
        others = [s for s in statements(phase1, function) if not s["Action"][0].startswith("dynamodb:")]
        (logs,) = others
        assert logs["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
        group = f"/aws/lambda/cloudshelf-phase1-{function}"
        assert logs["Resource"] == [f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{group}:*"]


def test_no_policy_of_a_role_has_a_wildcard_action_or_resource(phase1: Graph) -> None:
    for name, policy in phase1.of("aws:iam/rolePolicy:RolePolicy").items():
        for statement in json.loads(policy.inputs["policy"])["Statement"]:
            assert not [a for a in statement["Action"] if "*" in a], name
            # The streams of a log group have no other name.
            assert not [r for r in statement["Resource"] if "*" in r.removesuffix(":*")], name


def test_each_function_has_a_role_of_its_own_that_only_lambda_takes(phase1: Graph) -> None:
    functions = phase1.of("aws:lambda/function:Function")
    assert len({f.inputs["role"] for f in functions.values()}) == len(functions) == len(PERMISSIONS)
    for function in PERMISSIONS:
        (statement,) = json.loads(phase1.named(f"{function}-role").inputs["assumeRolePolicy"])["Statement"]
        assert statement["Principal"] == {"Service": "lambda.amazonaws.com"}


def test_functions_are_arm64_on_the_one_runtime_within_the_gateways_patience(phase1: Graph) -> None:
    for name, function in phase1.of("aws:lambda/function:Function").items():
        inputs = function.inputs
        assert (inputs["architectures"], inputs["runtime"]) == (["arm64"], "python3.13"), name
        assert 5 <= inputs["timeout"] < 29, name
        assert inputs["loggingConfig"]["logGroup"] == f"/aws/lambda/{inputs['name']}", name


def test_no_function_is_given_a_secret_or_a_variable_lambda_reserves(phase1: Graph) -> None:
    for name, function in phase1.of("aws:lambda/function:Function").items():
        variables = function.inputs["environment"]["variables"]
        assert not [v for v in variables if v.startswith(RESERVED_VARIABLES)], name
        assert not function.secrets, name


def test_every_operation_of_the_contract_reaches_its_service(phase1: Graph) -> None:
    deployed = body(phase1)["paths"]
    for operation in contract.operations():
        method = deployed[f"/v1{operation.path}"][operation.method]
        name = f"cloudshelf-phase1-{operation.service}"
        assert f":function:{name}/invocations" in method["x-amazon-apigateway-integration"]["uri"]
    count = sum(len(item) for item in deployed.values())
    assert count == len(list(contract.operations()))


def test_everything_but_the_public_catalogue_needs_a_token(phase1: Graph) -> None:
    public = {
        method["operationId"]
        for item in body(phase1)["paths"].values()
        for method in item.values()
        if not method.get("security")
    }
    assert public == PUBLIC


def test_the_authorizer_takes_tokens_of_the_shops_own_pool(phase1: Graph) -> None:
    (scheme,) = body(phase1)["components"]["securitySchemes"].values()
    pool = phase1.one("aws:cognito/userPool:UserPool").outputs["arn"]
    assert scheme["x-amazon-apigateway-authorizer"] == {"type": "cognito_user_pools", "providerARNs": [pool]}


def test_the_gateway_validates_every_request(phase1: Graph) -> None:
    api = body(phase1)
    validator = api["x-amazon-apigateway-request-validators"][api["x-amazon-apigateway-request-validator"]]
    assert validator == {"validateRequestBody": True, "validateRequestParameters": True}
    for item in api["paths"].values():
        for verb, method in item.items():
            assert "x-amazon-apigateway-request-validator" not in method
            if verb in ("put", "patch"):
                assert method["requestBody"]["required"] is True


def test_every_gateway_response_is_a_problem_with_a_code_of_the_contract(phase1: Graph) -> None:
    codes = contract.load()["components"]["schemas"]["Problem"]["properties"]["code"]["enum"]
    for kind, response in body(phase1)["x-amazon-apigateway-gateway-responses"].items():
        text = response["responseTemplates"]["application/json"].replace("$context.error.messageString", '"text"')
        problem = json.loads(text)
        assert problem["code"] in codes, kind
        assert str(problem["status"]) == response["statusCode"], kind
        assert response["responseParameters"]["gatewayresponse.header.Content-Type"] == "'application/problem+json'"


def test_api_gateway_gets_no_schema_feature_it_does_not_know(phase1: Graph) -> None:
    text = json.dumps(body(phase1))
    for feature in ("nullable", "discriminator", "x-cloudshelf", '"example"', "exclusiveM", "const"):
        assert feature not in text, feature
    assert all(name.isalnum() for name in body(phase1)["components"]["schemas"])


def test_any_change_of_the_contract_is_a_new_deployment(
    declare: Declare, phase1: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    from components import gateway_responses

    changed = {**gateway_responses.RESPONSES, "THROTTLED": gateway_responses.GatewayResponse(429, "too_many_requests")}
    monkeypatch.setattr(gateway_responses, "RESPONSES", changed)
    deployment = "aws:apigateway/deployment:Deployment"
    assert declare("phase1").one(deployment).inputs["triggers"] != phase1.one(deployment).inputs["triggers"]


def test_functions_are_invoked_by_this_api_alone(phase1: Graph) -> None:
    permissions = phase1.of("aws:lambda/permission:Permission")
    assert len(permissions) == len(PERMISSIONS)
    execution = phase1.one("aws:apigateway/restApi:RestApi").outputs["executionArn"]
    for permission in permissions.values():
        assert permission.inputs["principal"] == "apigateway.amazonaws.com"
        assert permission.inputs["sourceArn"] == f"{execution}/api/*"


def test_the_site_bucket_is_read_by_the_distribution_alone(phase1: Graph) -> None:
    allow, deny = json.loads(phase1.one("aws:s3/bucketPolicy:BucketPolicy").inputs["policy"])["Statement"]
    distribution = phase1.one("aws:cloudfront/distribution:Distribution").outputs["arn"]
    assert (allow["Principal"], allow["Action"]) == ({"Service": "cloudfront.amazonaws.com"}, "s3:GetObject")
    assert allow["Condition"] == {"StringEquals": {"AWS:SourceArn": distribution}}
    assert (deny["Effect"], deny["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
    block = phase1.one("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock").inputs
    assert [
        block[k] for k in ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
    ] == [True] * 4


def test_cloudfront_serves_the_site_and_passes_the_api_through_uncached(phase1: Graph) -> None:
    distribution = phase1.one("aws:cloudfront/distribution:Distribution").inputs
    origins = {o["originId"]: o for o in distribution["origins"]}
    assert "originAccessControlId" in origins["site"]
    assert "s3OriginConfig" not in origins["site"]
    assert origins["api"]["customOriginConfig"]["originProtocolPolicy"] == "https-only"
    assert origins["api"]["customOriginConfig"]["originSslProtocols"] == ["TLSv1.2"]
    (api,) = distribution["orderedCacheBehaviors"]
    assert (api["pathPattern"], api["viewerProtocolPolicy"]) == ("/api/*", "https-only")
    assert api["cachePolicyId"] == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
    assert api["originRequestPolicyId"] == "b689b0a8-53d0-40ab-baf2-68738e2966ac"
    assert distribution["defaultCacheBehavior"]["viewerProtocolPolicy"] == "redirect-to-https"


def test_every_response_carries_the_security_headers(phase1: Graph) -> None:
    distribution = phase1.one("aws:cloudfront/distribution:Distribution").inputs
    headers = phase1.one("aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy")
    for behavior in (distribution["defaultCacheBehavior"], *distribution["orderedCacheBehaviors"]):
        assert behavior["responseHeadersPolicyId"] == f"{headers.name}-id"
    security = headers.inputs["securityHeadersConfig"]
    assert security["strictTransportSecurity"]["accessControlMaxAgeSec"] >= 31_536_000
    policy = security["contentSecurityPolicy"]["contentSecurityPolicy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy


def test_the_stage_is_throttled_and_traces_no_bodies(phase1: Graph) -> None:
    settings = phase1.one("aws:apigateway/methodSettings:MethodSettings").inputs["settings"]
    assert (settings["throttlingRateLimit"], settings["throttlingBurstLimit"]) == (50, 100)
    assert settings["dataTraceEnabled"] is False
    access_log = json.loads(phase1.one("aws:apigateway/stage:Stage").inputs["accessLogSettings"]["format"])
    assert {"requestId", "status", "latencyMs", "user"} <= access_log.keys()


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


def test_one_setting_lets_a_trial_stack_go_entirely(declare: Declare) -> None:
    graph = declare("phase1", {"cloudshelf:protectData": "false"})
    assert [n.name for n in graph.resources if n.protected] == []
    assert not any(t.inputs["deletionProtectionEnabled"] for t in graph.of("aws:dynamodb/table:Table").values())
    assert graph.one("aws:s3/bucket:Bucket").inputs["forceDestroy"] is True


ACCOUNT_ROLE = "aws:apigateway/account:Account"


def test_the_accounts_log_role_outlives_the_stack_that_set_it(phase1: Graph) -> None:
    assert phase1.one(ACCOUNT_ROLE).options["retainOnDelete"] is True


@pytest.mark.parametrize(("choice", "logs"), [("reuse", True), ("skip", False)])
def test_the_accounts_log_role_is_set_only_when_told(declare: Declare, choice: str, logs: bool) -> None:
    graph = declare("phase1", {"cloudshelf:apiGatewayLogRole": choice})
    assert graph.of(ACCOUNT_ROLE) == {}
    assert ("accessLogSettings" in graph.one("aws:apigateway/stage:Stage").inputs) is logs


def test_two_stacks_share_no_physical_name(declare: Declare, phase1: Graph) -> None:
    def names(graph: Graph) -> set[tuple[str, str]]:
        physical = {(n.type, n.inputs["name"]) for n in graph.resources if n.custom and "name" in n.inputs}
        return physical - {("aws:cognito/userGroup:UserGroup", "admin")}

    other = declare("phase1", stack="phase1-eu")
    assert names(phase1)
    assert names(phase1).isdisjoint(names(other))


def test_alarms_reach_the_topic_and_say_what_missing_data_means(phase1: Graph) -> None:
    topic = phase1.one("aws:sns/topic:Topic").outputs["arn"]
    alarms = phase1.of("aws:cloudwatch/metricAlarm:MetricAlarm")
    watched = {(a.inputs["namespace"], a.inputs["metricName"]) for a in alarms.values()}
    assert watched == {
        ("AWS/Lambda", "Errors"),
        ("AWS/Lambda", "Throttles"),
        ("AWS/DynamoDB", "ThrottledRequests"),
        ("AWS/ApiGateway", "5XXError"),
        ("AWS/ApiGateway", "Latency"),
    }
    for name, alarm in alarms.items():
        assert alarm.inputs["alarmActions"] == [topic], name
        assert alarm.inputs["treatMissingData"] == "notBreaching", name


def test_the_budget_warns_before_it_is_spent(phase1: Graph) -> None:
    budget = phase1.one("aws:budgets/budget:Budget").inputs
    assert (budget["limitAmount"], budget["limitUnit"]) == ("10", "USD")
    warnings = {(n["notificationType"], n["threshold"]) for n in budget["notifications"]}
    assert warnings == {("ACTUAL", 50), ("ACTUAL", 80), ("FORECASTED", 100)}


@pytest.mark.parametrize(("address", "count"), [("", 0), ("ops@example.com", 1)])
def test_alarms_are_mailed_where_told(declare: Declare, address: str, count: int) -> None:
    graph = declare("phase1", {"cloudshelf:alertEmail": address})
    assert len(graph.of("aws:sns/topicSubscription:TopicSubscription")) == count


def test_logs_are_kept_as_long_as_told(phase1: Graph) -> None:
    groups = phase1.of("aws:cloudwatch/logGroup:LogGroup")
    assert len(groups) == len(PERMISSIONS) + 1
    assert {g.inputs["retentionInDays"] for g in groups.values()} == {14}


def test_the_inventory_in_git_is_what_the_program_declares(phase1: Graph) -> None:
    path = ROOT / "tests/infra/inventory-phase1.txt"
    if os.environ.get("UPDATE_INVENTORY"):
        path.write_text(inventory(phase1))
    assert path.read_text() == inventory(phase1), "see what changed, then run: make inventory"
