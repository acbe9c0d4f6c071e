"""The REST API as declared: the contract's operations, guarded and validated."""

import json
import re
from collections.abc import Callable
from copy import deepcopy
from hashlib import sha256
from typing import Any

import openapi_spec_validator
import pytest
from openapi_spec_validator.validation.exceptions import OpenAPIValidationError

from cloudshelf.graph import Graph
from components import contract, gateway_responses
from components.api_body import api_body
from phases import relational
from tests.infra.permissions import PERMISSIONS
from tests.infra.provider import Declare

STAGE = "aws:apigateway/stage:Stage"
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


def body(graph: Graph) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(graph.one("aws:apigateway/restApi:RestApi").inputs["body"])
    return parsed


def capabilities(stack: str) -> frozenset[str]:
    return frozenset() if stack == "phase1" else relational.CAPABILITIES


def test_every_operation_of_the_phase_reaches_its_service(stack: str, graph: Graph) -> None:
    deployed = body(graph)["paths"]
    prefix = graph.one("aws:apigateway/restApi:RestApi").inputs["name"]
    operations = list(contract.operations(capabilities(stack)))
    for operation in operations:
        method = deployed[f"/v1{operation.path}"][operation.method]
        uri = method["x-amazon-apigateway-integration"]["uri"]
        assert f":function:{prefix}-{operation.service}/invocations" in uri
    assert sum(len(item) for item in deployed.values()) == len(operations)


def test_phase1_has_no_sessions_and_the_others_do(phase1: Graph, enhanced: Graph) -> None:
    assert not [path for path in body(phase1)["paths"] if "session" in path]
    assert [path for path in body(enhanced)["paths"] if "session" in path]


def test_the_gateway_may_call_every_function_of_the_api_and_no_other(graph: Graph) -> None:
    named = {p.inputs["function"].rpartition("-")[2] for p in graph.of("aws:lambda/permission:Permission").values()}
    functions = {name.removesuffix("-function") for name in graph.of("aws:lambda/function:Function")}
    assert named == functions - {"schema", "rollout"}
    for name, permission in graph.of("aws:lambda/permission:Permission").items():
        assert permission.inputs["principal"] == "apigateway.amazonaws.com", name
        assert permission.inputs["sourceArn"].startswith("arn:aws:execute-api:"), name


def test_phase2_asks_a_function_of_its_own_about_tokens(phase2: Graph) -> None:
    schemes = body(phase2)["components"]["securitySchemes"]
    authorizer = schemes["shopper"]["x-amazon-apigateway-authorizer"]
    assert ":function:cloudshelf-phase2-authorizer/invocations" in authorizer["authorizerUri"]
    assert authorizer["authorizerResultTtlInSeconds"] <= 60
    assert authorizer["type"] == "token"


def test_phase2_asks_a_key_of_every_call_and_cloudfront_has_one(phase2: Graph) -> None:
    for path, item in body(phase2)["paths"].items():
        for verb, method in item.items():
            assert all("api_key" in scheme for scheme in method["security"]), f"{verb} {path}"
    origins = phase2.one("aws:cloudfront/distribution:Distribution").inputs["origins"]
    sent = [header for origin in origins for header in origin.get("customHeaders", [])]
    assert sent == [{"name": "x-api-key", "value": phase2.named("keys-storefront").outputs["value"]}]


def test_a_partner_has_a_key_and_a_quota(everything: Graph) -> None:
    key = everything.named("keys-partner-acme-in-plan").inputs
    plan = everything.named("keys-partners-plan")
    assert key["usagePlanId"] == f"{plan.name}-id"
    assert plan.inputs["quotaSettings"] == {"limit": 100000, "period": "MONTH"}


def test_partners_are_told_the_address_where_their_keys_count(everything: Graph, phase2: Graph) -> None:
    api = everything.one("aws:apigateway/restApi:RestApi")
    assert re.fullmatch(
        rf"https://{api.name}-id\.execute-api\.[a-z0-9-]+\.amazonaws\.com/api/v1", everything.outputs["partnersUrl"]
    )
    assert "partnersUrl" not in phase2.outputs


def test_the_cache_keeps_what_is_the_same_for_everybody_and_tells_questions_apart(everything: Graph) -> None:
    stage = everything.one(STAGE).inputs
    assert (stage["cacheClusterEnabled"], stage["cacheClusterSize"]) == (True, "0.5")
    settings = everything.of("aws:apigateway/methodSettings:MethodSettings").values()
    declared = {node.inputs["methodPath"]: node.inputs["settings"] for node in settings}
    cached = {path: setting for path, setting in declared.items() if setting.get("cachingEnabled")}
    kept = [operation for operation in contract.operations(capabilities("everything")) if operation.cache_seconds]
    assert cached.keys() == {f"v1{operation.path}/GET" for operation in kept}
    for operation in kept:
        assert not operation.definition.get("security"), operation.operation_id
        integration = body(everything)["paths"][f"/v1{operation.path}"]["get"]["x-amazon-apigateway-integration"]
        told_apart = {each.rpartition(".")[2] for each in integration["cacheKeyParameters"]}
        conditional = {"If-None-Match"} if "304" in operation.definition["responses"] else set()
        assert told_apart == {parameter["name"] for parameter in operation.parameters} | conditional | {"Authorization"}
    for path, setting in cached.items():
        # API Gateway keeps a 503 as long as an answer, so it must not be long.
        assert setting["cacheTtlInSeconds"] == 60, path
        assert setting["cacheDataEncrypted"] is True, path
        assert setting["requireAuthorizationForCacheControl"] is True, path


def test_a_canary_takes_its_share_of_requests_to_the_new_deployment(everything: Graph, phase2: Graph) -> None:
    stage = everything.one(STAGE)
    assert stage.inputs["canarySettings"]["percentTraffic"] == 10
    assert stage.options["ignoreChanges"] == ["deployment"]
    assert everything.one("aws:apigateway/deployment:Deployment").options["retainOnDelete"] is True
    assert "canarySettings" not in phase2.one(STAGE).inputs


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


@pytest.mark.parametrize("stack", ["phase1", "enhanced", "phase2", "everything"], indirect=True)
def test_the_body_of_the_api_is_openapi_for_a_public_validator(graph: Graph) -> None:
    declared = body(graph)
    openapi_spec_validator.validate(declared)
    broken = deepcopy(declared)
    broken["paths"]["/v1/books"]["get"]["parameters"][0]["in"] = "somewhere"
    with pytest.raises(OpenAPIValidationError):
        openapi_spec_validator.validate(broken)


def test_every_gateway_response_is_a_problem_with_a_code_of_the_contract(phase1: Graph) -> None:
    codes = contract.load()["components"]["schemas"]["Problem"]["properties"]["code"]["enum"]
    for kind, response in body(phase1)["x-amazon-apigateway-gateway-responses"].items():
        text = response["responseTemplates"]["application/json"].replace("$context.error.messageString", '"text"')
        problem = json.loads(text)
        assert problem["code"] in codes, kind
        assert str(problem["status"]) == response["statusCode"], kind
        assert response["responseParameters"]["gatewayresponse.header.Content-Type"] == "'application/problem+json'"


def test_no_text_of_the_api_depends_on_the_python_that_deploys_it() -> None:
    assert not hasattr(gateway_responses, "HTTPStatus")
    assert {response.status for response in gateway_responses.RESPONSES.values()} == gateway_responses.TITLES.keys()
    # Python 3.12 says Request Entity Too Large.
    assert gateway_responses.TITLES[413] == "Content Too Large"


def test_api_gateway_gets_no_schema_feature_it_does_not_know(phase1: Graph) -> None:
    text = json.dumps(body(phase1))
    for feature in ("nullable", "discriminator", "x-cloudshelf", '"example"', "exclusiveM", "const"):
        assert feature not in text, feature
    assert all(name.isalnum() for name in body(phase1)["components"]["schemas"])


def add_a_path(document: dict[str, Any]) -> None:
    document["paths"]["/ping"] = document["paths"]["/health"]


def open_the_cart(document: dict[str, Any]) -> None:
    del document["paths"]["/cart"]["get"]["security"]


def allow_a_hundred_copies(document: dict[str, Any]) -> None:
    document["components"]["schemas"]["Quantity"]["maximum"] = 100


def want_no_key(document: dict[str, Any]) -> None:
    document["paths"]["/orders"]["post"]["parameters"][0]["required"] = False


@pytest.mark.parametrize("edit", [add_a_path, open_the_cart, allow_a_hundred_copies, want_no_key])
def test_any_change_of_what_the_contract_takes_changes_the_body(
    monkeypatch: pytest.MonkeyPatch, edit: Callable[[dict[str, Any]], None]
) -> None:
    arns = dict.fromkeys(contract.services(), "arn")
    before = api_body("shop", arns, ["pool"])
    changed = deepcopy(contract.load())
    edit(changed)
    monkeypatch.setattr(contract, "load", lambda: changed)
    assert api_body("shop", arns, ["pool"]) != before


def test_any_change_of_the_body_is_a_new_deployment_that_the_stage_moves_to(phase1: Graph) -> None:
    text = phase1.one("aws:apigateway/restApi:RestApi").inputs["body"]
    deployment = phase1.one("aws:apigateway/deployment:Deployment")
    assert deployment.inputs["triggers"] == {"body": sha256(text.encode()).hexdigest()}
    assert phase1.one(STAGE).property_dependencies["deployment"] == [deployment.urn]


def test_a_stage_with_logs_waits_for_the_log_groups_and_the_accounts_role(phase1: Graph) -> None:
    awaited = {urn.rpartition("::")[2] for urn in phase1.one(STAGE).dependencies}
    assert {"api-gateway-account", "rest-logs-access", "rest-logs-errors"} <= awaited


def test_the_gateway_insists_on_parameters_the_contract_requires(phase1: Graph) -> None:
    deployed = body(phase1)["paths"]["/v1/orders"]["post"]["parameters"]
    assert [(p["name"], p["in"], p["required"]) for p in deployed] == [("Idempotency-Key", "header", True)]


def test_an_unknown_path_is_404_and_a_throttled_request_says_when_to_come_back(phase1: Graph) -> None:
    responses = body(phase1)["x-amazon-apigateway-gateway-responses"]
    assert responses["MISSING_AUTHENTICATION_TOKEN"]["statusCode"] == "404"
    assert responses["THROTTLED"]["responseParameters"]["gatewayresponse.header.Retry-After"] == "'1'"
    assert {"DEFAULT_4XX", "DEFAULT_5XX"} <= responses.keys()


def test_an_operation_without_a_function_is_refused(declare: Declare, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = deepcopy(contract.load())
    changed["paths"]["/health"]["get"]["x-cloudshelf-service"] = "pings"
    monkeypatch.setattr(contract, "load", lambda: changed)
    with pytest.raises(ValueError, match="operations of pings, and no such function"):
        declare("phase1")


def test_functions_are_invoked_by_this_api_alone(phase1: Graph) -> None:
    permissions = phase1.of("aws:lambda/permission:Permission")
    assert len(permissions) == len(PERMISSIONS)
    execution = phase1.one("aws:apigateway/restApi:RestApi").outputs["executionArn"]
    for permission in permissions.values():
        assert permission.inputs["principal"] == "apigateway.amazonaws.com"
        assert permission.inputs["sourceArn"] == f"{execution}/api/*"


def test_the_stage_is_throttled_and_traces_no_bodies(phase1: Graph) -> None:
    settings = phase1.one("aws:apigateway/methodSettings:MethodSettings").inputs["settings"]
    assert (settings["throttlingRateLimit"], settings["throttlingBurstLimit"]) == (50, 100)
    assert settings["dataTraceEnabled"] is False
    access_log = json.loads(phase1.one("aws:apigateway/stage:Stage").inputs["accessLogSettings"]["format"])
    assert {"requestId", "status", "latencyMs", "user"} <= access_log.keys()
