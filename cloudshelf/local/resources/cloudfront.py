"""CloudFront: what the local front serves by."""

import secrets
import uuid
from typing import TYPE_CHECKING, Any

from cloudshelf.local.edge.viewer_function import RUNTIME, ViewerFunction
from cloudshelf.local.resources.registry import REGISTRY, Fidelity, Inputs, Made

if TYPE_CHECKING:
    from cloudshelf.local.world import World

DISTRIBUTION_NOTE = (
    "behaviours, origins and their headers, methods, error pages, root object; plain HTTP, so cookies lose Secure; "
    "caches nothing, opens in every country, knows no host name but 127.0.0.1"
)
FUNCTION_NOTE = (
    "the same JavaScript, in V8: it answers, or chooses an origin; no limit on its time, new values are there at once"
)
HEADERS_NOTE = "the security headers on every response"


@REGISTRY.make(Fidelity.ENFORCED, "aws:cloudfront/distribution:Distribution", DISTRIBUTION_NOTE)
def distribution(world: "World", name: str, inputs: Inputs) -> Made:
    identity = f"E{secrets.token_hex(6).upper()}"
    world.distributions[identity] = inputs
    return identity, {
        "arn": distribution_arn(world, identity),
        "domainName": f"127.0.0.1:{world.port}",
        "hostedZoneId": "Z2FDTNDATAQYW2",
    }


@REGISTRY.change("aws:cloudfront/distribution:Distribution")
def change_distribution(world: "World", identity: str, old: Inputs, new: Inputs) -> dict[str, Any]:
    world.distributions[identity] = new
    return {}


@REGISTRY.remove("aws:cloudfront/distribution:Distribution")
def remove_distribution(world: "World", identity: str, inputs: Inputs) -> None:
    if inputs.get("enabled", True) and inputs.get("retainOnDelete"):
        raise ValueError(f"{identity}: the local cloud keeps no distribution that is retained on delete")
    del world.distributions[identity]


def distribution_arn(world: "World", identity: str) -> str:
    return world.arn("cloudfront", f"distribution/{identity}", region="")


@REGISTRY.make(Fidelity.ENFORCED, "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy", HEADERS_NOTE)
def response_headers_policy(world: "World", name: str, inputs: Inputs) -> Made:
    identity = secrets.token_hex(8)
    world.header_policies[identity] = inputs
    return identity, {"name": inputs.get("name", name)}


@REGISTRY.change("aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy")
def change_response_headers_policy(world: "World", identity: str, old: Inputs, new: Inputs) -> dict[str, Any]:
    world.header_policies[identity] = new
    return {"name": new["name"]} if "name" in new else {}


@REGISTRY.remove("aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy")
def remove_response_headers_policy(world: "World", identity: str, inputs: Inputs) -> None:
    del world.header_policies[identity]


REGISTRY.no_effect(
    "every request reaches the API; on AWS the edge keeps public answers as long as they say, and compresses them",
    "aws:cloudfront/cachePolicy:CachePolicy",
)


@REGISTRY.make(Fidelity.REAL, "aws:cloudfront/keyValueStore:KeyValueStore", FUNCTION_NOTE)
def key_value_store(world: "World", name: str, inputs: Inputs) -> Made:
    identity = str(uuid.uuid4())
    arn = _store_arn(world, identity)
    world.key_value_stores[arn] = {}
    return identity, {"name": inputs.get("name", name), "arn": arn}


def _store_arn(world: "World", identity: str) -> str:
    return world.arn("cloudfront", f"key-value-store/{identity}", region="")


@REGISTRY.change("aws:cloudfront/keyValueStore:KeyValueStore")
def change_key_value_store(world: "World", identity: str, old: Inputs, new: Inputs) -> dict[str, Any]:
    """Its comment."""
    return {}


@REGISTRY.remove("aws:cloudfront/keyValueStore:KeyValueStore")
def remove_key_value_store(world: "World", identity: str, inputs: Inputs) -> None:
    del world.key_value_stores[_store_arn(world, identity)]


@REGISTRY.make(Fidelity.REAL, "aws:cloudfront/keyvaluestoreKey:KeyvaluestoreKey", FUNCTION_NOTE)
def key_value_store_key(world: "World", name: str, inputs: Inputs) -> Made:
    world.key_value_stores[inputs["keyValueStoreArn"]][inputs["key"]] = str(inputs["value"])
    return f"{inputs['keyValueStoreArn']},{inputs['key']}", {}


@REGISTRY.change("aws:cloudfront/keyvaluestoreKey:KeyvaluestoreKey")
def change_key(world: "World", identity: str, old: Inputs, new: Inputs) -> dict[str, Any]:
    key_value_store_key(world, identity, new)
    return {}


@REGISTRY.remove("aws:cloudfront/keyvaluestoreKey:KeyvaluestoreKey")
def remove_key(world: "World", identity: str, inputs: Inputs) -> None:
    del world.key_value_stores[inputs["keyValueStoreArn"]][inputs["key"]]


@REGISTRY.make(Fidelity.REAL, "aws:cloudfront/function:Function", FUNCTION_NOTE)
def function(world: "World", name: str, inputs: Inputs) -> Made:
    function_name = str(inputs.get("name", name))
    arn = _function_arn(world, function_name)
    world.edge_functions[arn] = _viewer_function(world, function_name, inputs)
    return function_name, {"name": function_name, "arn": arn}


def _function_arn(world: "World", name: str) -> str:
    return world.arn("cloudfront", f"function/{name}", region="")


@REGISTRY.change("aws:cloudfront/function:Function")
def change_function(world: "World", identity: str, old: Inputs, new: Inputs) -> dict[str, Any]:
    # The one before is closed with the world: requests may be in it.
    world.edge_functions[_function_arn(world, identity)] = _viewer_function(world, identity, new)
    return {}


@REGISTRY.remove("aws:cloudfront/function:Function")
def remove_function(world: "World", identity: str, inputs: Inputs) -> None:
    del world.edge_functions[_function_arn(world, identity)]


def _viewer_function(world: "World", function_name: str, inputs: Inputs) -> ViewerFunction:
    if inputs["runtime"] != RUNTIME:
        raise ValueError(f"{function_name}: the local edge runs {RUNTIME}, not {inputs['runtime']}")
    (store,) = inputs.get("keyValueStoreAssociations") or [""]
    made = ViewerFunction(function_name, inputs["code"], lambda: world.key_value_stores.get(store, {}))
    world.closing.callback(made.close)
    return made


REGISTRY.no_effect(
    "origin access control: the local front checks the bucket's policy itself",
    "aws:cloudfront/originAccessControl:OriginAccessControl",
)
REGISTRY.no_effect("requests are in logs/access.log here", "aws:cloudfront/realtimeLogConfig:RealtimeLogConfig")
