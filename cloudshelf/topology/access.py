"""Who may use which table and call which function, by the policies of their roles."""

import json
from collections.abc import Iterator
from typing import Any

from cloudshelf.graph import Graph, Node
from cloudshelf.topology import tokens
from cloudshelf.topology.links import key_of, source, sources
from cloudshelf.topology.model import Way
from cloudshelf.topology.network import group_of, groups_with_gateway

AUTHORIZER = "x-amazon-apigateway-authorizer"


def permitted_ways(graph: Graph) -> Iterator[Way]:
    """A function in a VPC reaches a table only where its group lets it out to the gateway endpoint."""
    gateway = groups_with_gateway(graph)
    for function in sorted(graph.of(tokens.FUNCTION).values(), key=key_of):
        inside = "vpcConfig" in function.inputs
        for policy in _policies(graph, function):
            if not inside or group_of(graph, function) in gateway:
                for table in sources(graph, policy, "policy", tokens.TABLE):
                    yield Way(caller=key_of(function), callee=key_of(table), port="443" if inside else "")
            for called in sources(graph, policy, "policy", tokens.FUNCTION):
                yield Way(caller=key_of(function), callee=key_of(called), what="calls")


def authorizer(graph: Graph) -> Node | None:
    """The function API Gateway asks about tokens; None where it asks Cognito."""
    schemes = [scheme for api in graph.of(tokens.API).values() for scheme in _schemes(api)]
    asked = [scheme[AUTHORIZER].get("authorizerUri", "") for scheme in schemes if AUTHORIZER in scheme]
    return next((each for each in _permitted(graph) if any(f":{each.inputs['name']}/" in uri for uri in asked)), None)


def called_by_the_api(graph: Graph) -> list[Node]:
    """The functions that answer requests."""
    asked = authorizer(graph)
    return sorted((function for function in _permitted(graph) if function is not asked), key=key_of)


def _schemes(api: Node) -> list[dict[str, Any]]:
    components = json.loads(api.inputs["body"]).get("components", {})
    return list(components.get("securitySchemes", {}).values())


def _permitted(graph: Graph) -> list[Node]:
    permissions = graph.of(tokens.PERMISSION).values()
    allowed = [node for node in permissions if node.inputs.get("principal") == "apigateway.amazonaws.com"]
    return [function for node in allowed if (function := source(graph, node, "function", tokens.FUNCTION))]


def _policies(graph: Graph, function: Node) -> list[Node]:
    role = source(graph, function, "role", tokens.ROLE)
    policies = sorted(graph.of(tokens.ROLE_POLICY).values(), key=key_of)
    return [policy for policy in policies if source(graph, policy, "role", tokens.ROLE) is role]
