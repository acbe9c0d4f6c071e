"""CloudFront: what the local front serves by."""

import secrets
from typing import TYPE_CHECKING

from cloudshelf.local.resources.registry import REGISTRY, Fidelity, Inputs, Made

if TYPE_CHECKING:
    from cloudshelf.local.world import World

DISTRIBUTION_NOTE = (
    "behaviours, origins and their headers, methods, error pages, root object; plain HTTP, so cookies lose Secure; "
    "caches nothing, opens in every country, knows no host name but 127.0.0.1"
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
    "origin access control: the local front checks the bucket's policy itself",
    "aws:cloudfront/originAccessControl:OriginAccessControl",
)
REGISTRY.no_effect("requests are in logs/access.log here", "aws:cloudfront/realtimeLogConfig:RealtimeLogConfig")
