"""API Gateway: REST APIs made from their OpenAPI body."""

import json
import secrets
from typing import TYPE_CHECKING

from cloudshelf.local.gateway.api import RestApi, Stage
from cloudshelf.local.resources.registry import REGISTRY, Fidelity, Inputs, Made

if TYPE_CHECKING:
    from cloudshelf.local.world import World

API_NOTE = "routes, Cognito authorizer, request validation, gateway responses, as deployed"
STAGE_NOTE = "access log, stage throttling (exact here, best effort on AWS)"


@REGISTRY.make(Fidelity.ENFORCED, "aws:apigateway/restApi:RestApi", API_NOTE)
def rest_api(world: "World", name: str, inputs: Inputs) -> Made:
    api_id = secrets.token_hex(5)
    api = RestApi(api_id=api_id, region=world.region, account_id=world.account_id, body=json.loads(inputs["body"]))
    for route in api.routes:
        for scheme in route.authorizers:
            _check_authorizer(api, scheme)
    world.rest_apis[api_id] = api
    return api_id, {
        "name": inputs.get("name", name),
        "arn": f"arn:aws:apigateway:{world.region}::/restapis/{api_id}",
        "executionArn": api.execution_arn,
        "rootResourceId": secrets.token_hex(5),
    }


def _check_authorizer(api: RestApi, scheme: str) -> None:
    kind = api.security_scheme(scheme).get("x-amazon-apigateway-authorizer", {}).get("type")
    if kind != "cognito_user_pools":
        raise ValueError(f"security scheme {scheme}: the local gateway does not enforce an authorizer of type {kind}")


@REGISTRY.make(Fidelity.ENFORCED, "aws:apigateway/deployment:Deployment", API_NOTE)
def deployment(world: "World", name: str, inputs: Inputs) -> Made:
    return secrets.token_hex(3), {}


@REGISTRY.make(Fidelity.ENFORCED, "aws:apigateway/stage:Stage", STAGE_NOTE)
def stage(world: "World", name: str, inputs: Inputs) -> Made:
    api = world.rest_apis[inputs["restApi"]]
    stage_name = inputs["stageName"]
    log_format = inputs.get("accessLogSettings", {}).get("format")
    api.stages[stage_name] = Stage(name=stage_name, log_format=log_format, variables=inputs.get("variables", {}))
    return f"ags-{api.api_id}-{stage_name}", {
        "stageName": stage_name,
        "arn": f"arn:aws:apigateway:{world.region}::/restapis/{api.api_id}/stages/{stage_name}",
        "executionArn": f"{api.execution_arn}/{stage_name}",
        "invokeUrl": f"https://{api.domain_name}/{stage_name}",
    }


@REGISTRY.make(Fidelity.ENFORCED, "aws:apigateway/methodSettings:MethodSettings", STAGE_NOTE)
def method_settings(world: "World", name: str, inputs: Inputs) -> Made:
    if inputs["methodPath"] != "*/*":
        raise ValueError(f"{name}: the local gateway throttles a whole stage (*/*), not {inputs['methodPath']}")
    target = world.rest_apis[inputs["restApi"]].stages[inputs["stageName"]]
    settings = inputs["settings"]
    target.rate = settings.get("throttlingRateLimit")
    target.burst = settings.get("throttlingBurstLimit")
    return f"{inputs['restApi']}-{inputs['stageName']}-*/*", {}


REGISTRY.no_effect("the account's log role: local logs are files", "aws:apigateway/account:Account")
