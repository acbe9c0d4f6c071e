"""CloudFront: what the local front serves by."""

import secrets
import uuid
from typing import TYPE_CHECKING

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


def distribution_arn(world: "World", identity: str) -> str:
    return world.arn("cloudfront", f"distribution/{identity}", region="")


@REGISTRY.make(Fidelity.ENFORCED, "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy", HEADERS_NOTE)
def response_headers_policy(world: "World", name: str, inputs: Inputs) -> Made:
    identity = secrets.token_hex(8)
    world.header_policies[identity] = inputs
    return identity, {"name": inputs.get("name", name)}


REGISTRY.no_effect(
    "every request reaches the API; on AWS the edge keeps public answers as long as they say, and compresses them",
    "aws:cloudfront/cachePolicy:CachePolicy",
)


@REGISTRY.make(Fidelity.REAL, "aws:cloudfront/keyValueStore:KeyValueStore", FUNCTION_NOTE)
def key_value_store(world: "World", name: str, inputs: Inputs) -> Made:
    identity = str(uuid.uuid4())
    arn = world.arn("cloudfront", f"key-value-store/{identity}", region="")
    world.key_value_stores[arn] = {}
    return identity, {"name": inputs.get("name", name), "arn": arn}


@REGISTRY.make(Fidelity.REAL, "aws:cloudfront/keyvaluestoreKey:KeyvaluestoreKey", FUNCTION_NOTE)
def key_value_store_key(world: "World", name: str, inputs: Inputs) -> Made:
    world.key_value_stores[inputs["keyValueStoreArn"]][inputs["key"]] = str(inputs["value"])
    return f"{inputs['keyValueStoreArn']},{inputs['key']}", {}


@REGISTRY.make(Fidelity.REAL, "aws:cloudfront/function:Function", FUNCTION_NOTE)
def function(world: "World", name: str, inputs: Inputs) -> Made:
    function_name = str(inputs.get("name", name))
    if inputs["runtime"] != RUNTIME:
        raise ValueError(f"{function_name}: the local edge runs {RUNTIME}, not {inputs['runtime']}")
    (store,) = inputs.get("keyValueStoreAssociations") or [""]
    made = ViewerFunction(function_name, inputs["code"], lambda: world.key_value_stores.get(store, {}))
    world.closing.callback(made.close)
    arn = world.arn("cloudfront", f"function/{function_name}", region="")
    world.edge_functions[arn] = made
    return function_name, {"name": function_name, "arn": arn}


REGISTRY.no_effect(
    "origin access control: the local front checks the bucket's policy itself",
    "aws:cloudfront/originAccessControl:OriginAccessControl",
)
REGISTRY.no_effect("requests are in logs/access.log here", "aws:cloudfront/realtimeLogConfig:RealtimeLogConfig")
