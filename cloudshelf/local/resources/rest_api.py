"""API Gateway: REST APIs made from their OpenAPI body."""

import json
import secrets
from typing import TYPE_CHECKING, Any

from cloudshelf.local.gateway.api import AUTHORIZER, MethodSettings, RestApi, Stage
from cloudshelf.local.gateway.lambda_authorizer import HEADER_SOURCE
from cloudshelf.local.resources.registry import REGISTRY, Fidelity, Inputs, Made

if TYPE_CHECKING:
    from cloudshelf.local.world import World

API_NOTE = "routes, Cognito or Lambda authorizer, request validation, gateway responses, as deployed"
STAGE_NOTE = (
    "access log, throttling (exact here, best effort on AWS), cache by its keys and seconds; no canary: all requests "
    "get the one deployment there is"
)
# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-caching.html
DEFAULT_CACHE_SECONDS = 300


@REGISTRY.make(Fidelity.ENFORCED, "aws:apigateway/restApi:RestApi", API_NOTE)
def rest_api(world: "World", name: str, inputs: Inputs) -> Made:
    api_id = secrets.token_hex(5)
    api_name = str(inputs.get("name", name))
    api = world.rest_apis[api_id] = _import(world, api_id, api_name, inputs)
    return api_id, {
        "name": api_name,
        "arn": f"arn:aws:apigateway:{world.region}::/restapis/{api_id}",
        "executionArn": api.execution_arn,
        "rootResourceId": secrets.token_hex(5),
    }


def _import(world: "World", api_id: str, api_name: str, inputs: Inputs) -> RestApi:
    body = json.loads(inputs["body"])
    api = RestApi(api_id=api_id, region=world.region, account_id=world.account_id, body=body, name=api_name)
    for route in api.routes:
        if scheme := api.authorizer(route):
            _check_authorizer(scheme, api.security_scheme(scheme)[AUTHORIZER])
    return api


@REGISTRY.change("aws:apigateway/restApi:RestApi")
def change_rest_api(world: "World", identity: str, old: Inputs, new: Inputs) -> dict[str, Any]:
    before = world.rest_apis[identity]
    api = _import(world, identity, str(new.get("name", before.name)), new)
    api.stages = before.stages
    world.rest_apis[identity] = api
    return {"name": api.name}


@REGISTRY.remove("aws:apigateway/restApi:RestApi")
def remove_rest_api(world: "World", identity: str, inputs: Inputs) -> None:
    del world.rest_apis[identity]


def _check_authorizer(scheme: str, declared: Inputs) -> None:
    kind = declared.get("type")
    if kind not in ("cognito_user_pools", "token"):
        raise ValueError(f"security scheme {scheme}: the local gateway does not enforce an authorizer of type {kind}")
    if kind == "token" and not declared["identitySource"].startswith(HEADER_SOURCE):
        raise ValueError(f"security scheme {scheme}: a token comes in a header, not in {declared['identitySource']}")


@REGISTRY.make(Fidelity.ENFORCED, "aws:apigateway/deployment:Deployment", API_NOTE)
def deployment(world: "World", name: str, inputs: Inputs) -> Made:
    return secrets.token_hex(3), {}


@REGISTRY.make(Fidelity.ENFORCED, "aws:apigateway/stage:Stage", STAGE_NOTE)
def stage(world: "World", name: str, inputs: Inputs) -> Made:
    api = world.rest_apis[inputs["restApi"]]
    stage_name = inputs["stageName"]
    api.stages[stage_name] = _stage(inputs)
    return f"ags-{api.api_id}-{stage_name}", {
        "stageName": stage_name,
        "arn": f"arn:aws:apigateway:{world.region}::/restapis/{api.api_id}/stages/{stage_name}",
        "executionArn": f"{api.execution_arn}/{stage_name}",
        "invokeUrl": f"https://{api.domain_name}/{stage_name}",
    }


def _stage(inputs: Inputs) -> Stage:
    log = inputs.get("accessLogSettings", {})
    return Stage(
        name=inputs["stageName"],
        log_format=log.get("format"),
        log_group=str(log.get("destinationArn", "")).partition(":log-group:")[2],
        variables=inputs.get("variables", {}),
        caches=bool(inputs.get("cacheClusterEnabled")),
    )


@REGISTRY.change("aws:apigateway/stage:Stage")
def change_stage(world: "World", identity: str, old: Inputs, new: Inputs) -> dict[str, Any]:
    stages, changed = world.rest_apis[new["restApi"]].stages, _stage(new)
    changed.settings = stages[changed.name].settings
    stages[changed.name] = changed
    return {}


@REGISTRY.remove("aws:apigateway/stage:Stage")
def remove_stage(world: "World", identity: str, inputs: Inputs) -> None:
    del world.rest_apis[inputs["restApi"]].stages[inputs["stageName"]]


@REGISTRY.make(Fidelity.ENFORCED, "aws:apigateway/methodSettings:MethodSettings", STAGE_NOTE)
def method_settings(world: "World", name: str, inputs: Inputs) -> Made:
    stage, settings = world.rest_apis[inputs["restApi"]].stages[inputs["stageName"]], inputs["settings"]
    cached = bool(settings.get("cachingEnabled"))
    if cached and not settings.get("requireAuthorizationForCacheControl"):
        raise ValueError(f"{name}: the local cache is emptied by nobody, so with requireAuthorizationForCacheControl")
    stage.settings[inputs["methodPath"]] = MethodSettings(
        rate=settings.get("throttlingRateLimit"),
        burst=settings.get("throttlingBurstLimit"),
        cache_seconds=int(settings.get("cacheTtlInSeconds", DEFAULT_CACHE_SECONDS)) if cached else None,
    )
    return f"{inputs['restApi']}-{inputs['stageName']}-{inputs['methodPath']}", {}


@REGISTRY.change("aws:apigateway/methodSettings:MethodSettings")
def change_method_settings(world: "World", identity: str, old: Inputs, new: Inputs) -> dict[str, Any]:
    method_settings(world, identity, new)
    return {}


@REGISTRY.remove("aws:apigateway/methodSettings:MethodSettings")
def remove_method_settings(world: "World", identity: str, inputs: Inputs) -> None:
    del world.rest_apis[inputs["restApi"]].stages[inputs["stageName"]].settings[inputs["methodPath"]]


REGISTRY.keeps_nothing("aws:apigateway/deployment:Deployment")
REGISTRY.no_effect("the account's log role: local logs are files", "aws:apigateway/account:Account")
