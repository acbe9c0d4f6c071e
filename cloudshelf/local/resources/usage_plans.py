"""API Gateway's keys and usage plans."""

import secrets
from typing import TYPE_CHECKING, Any

from cloudshelf.local.gateway.keys import UsagePlan
from cloudshelf.local.resources.registry import REGISTRY, Fidelity, Inputs, Made

if TYPE_CHECKING:
    from cloudshelf.local.world import World

KEY_NOTE = "a call without a key of a usage plan is refused; rate, burst and quota of a plan are kept, from 0 at start"


@REGISTRY.make(Fidelity.ENFORCED, "aws:apigateway/apiKey:ApiKey", KEY_NOTE)
def api_key(world: "World", name: str, inputs: Inputs) -> Made:
    key, value = secrets.token_hex(5), str(inputs.get("value") or secrets.token_urlsafe(30))
    world.api_keys.values[key] = value
    world.api_keys.enable(key, enabled=bool(inputs.get("enabled", True)))
    return key, {"name": inputs.get("name", name), "value": value, "arn": world.arn("apigateway", f"/apikeys/{key}")}


@REGISTRY.change("aws:apigateway/apiKey:ApiKey")
def change_api_key(world: "World", identity: str, old: Inputs, new: Inputs) -> dict[str, Any]:
    world.api_keys.enable(identity, enabled=bool(new.get("enabled", True)))
    return {}


@REGISTRY.remove("aws:apigateway/apiKey:ApiKey")
def remove_api_key(world: "World", identity: str, inputs: Inputs) -> None:
    world.api_keys.values.pop(identity, None)
    world.api_keys.disabled.pop(identity, None)


@REGISTRY.make(Fidelity.ENFORCED, "aws:apigateway/usagePlan:UsagePlan", KEY_NOTE)
def usage_plan(world: "World", name: str, inputs: Inputs) -> Made:
    plan = secrets.token_hex(3)
    world.api_keys.plans[plan] = _plan(name, inputs)
    return plan, {"name": inputs.get("name", name), "arn": world.arn("apigateway", f"/usageplans/{plan}")}


def _plan(name: str, inputs: Inputs) -> UsagePlan:
    throttle, quota = inputs.get("throttleSettings") or {}, inputs.get("quotaSettings") or {}
    if any("throttles" in stage for stage in inputs.get("apiStages", [])):
        raise ValueError(f"{name}: the local gateway throttles a whole plan, not single methods of it")
    return UsagePlan(
        stages=frozenset((stage["apiId"], stage["stage"]) for stage in inputs.get("apiStages", [])),
        rate=throttle.get("rateLimit"),
        burst=throttle.get("burstLimit"),
        quota=quota.get("limit"),
        period=quota.get("period", "MONTH"),
    )


@REGISTRY.change("aws:apigateway/usagePlan:UsagePlan")
def change_usage_plan(world: "World", identity: str, old: Inputs, new: Inputs) -> dict[str, Any]:
    world.api_keys.change(identity, _plan(identity, new))
    return {"name": new["name"]} if "name" in new else {}


@REGISTRY.remove("aws:apigateway/usagePlan:UsagePlan")
def remove_usage_plan(world: "World", identity: str, inputs: Inputs) -> None:
    del world.api_keys.plans[identity]


@REGISTRY.make(Fidelity.ENFORCED, "aws:apigateway/usagePlanKey:UsagePlanKey", KEY_NOTE)
def usage_plan_key(world: "World", name: str, inputs: Inputs) -> Made:
    world.api_keys.members.append((inputs["usagePlanId"], inputs["keyId"]))
    return inputs["keyId"], {}


@REGISTRY.remove("aws:apigateway/usagePlanKey:UsagePlanKey", remade=True)
def remove_usage_plan_key(world: "World", identity: str, inputs: Inputs) -> None:
    world.api_keys.members.remove((inputs["usagePlanId"], inputs["keyId"]))
