"""Everything phase2 can have besides what its stack file asks for, and what a stack has while a shop moves."""

from collections.abc import Mapping

from cloudshelf.graph import Graph
from policies.controls.stack import Resource, Stack

EVERYTHING = {
    "domainName": "shop.example.com",
    "hostedZoneId": "Z123456789",
    "allowedCountries": '["US", "FR"]',
    "realtimeLogs": "true",
    "apiCacheGb": "0.5",
    "canaryPercent": "5",
    "partners": '["acme"]',
    "databaseProxy": "true",
    "databaseReadReplica": "true",
    "natGateways": "2",
    "interfaceEndpoints": '["ssm", "cognito-idp"]',
    "functionConcurrency": "5",
    "cartReplicaRegions": '["eu-west-1"]',
}
# A shop on its way from phase1: the stack it leaves, and those it may come to.
MOVES: Mapping[str, Mapping[str, str]] = {
    "phase1": {"migrateTo": "https://d111111abcdef8.cloudfront.net"},
    "enhanced": {"migrateFrom": "phase1"},
    "phase2": {"migrateFrom": "phase1"},
}
# The same into phase2, from an enhanced that has phase1's accounts already.
FROM_ENHANCED: Mapping[str, str] = {"migrateFrom": "enhanced", "accountsFrom": "phase1"}


def as_stack(graph: Graph, phase: str) -> Stack:
    """A stack that has its phase's name."""
    return Stack(
        phase=phase,
        name=phase,
        resources=tuple(
            Resource(
                type=node.type,
                name=node.name,
                urn=node.urn,
                props=node.inputs,
                sources={prop: frozenset(urns) for prop, urns in node.property_dependencies.items()},
                secrets=frozenset(node.secrets),
                protected=node.protected,
                deleted_first=bool(node.options.get("deleteBeforeReplace")),
            )
            for node in graph.resources
        ),
    )
