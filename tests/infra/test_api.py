"""The REST API as declared: the contract's operations, guarded and validated."""

import json
from collections.abc import Callable
from copy import deepcopy
from hashlib import sha256
from typing import Any

import pytest

from cloudshelf.graph import Graph
from components import contract
from components.api_body import api_body
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
