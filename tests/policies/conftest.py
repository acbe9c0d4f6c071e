"""The stacks, as controls see them."""

from collections.abc import Mapping

import pytest

from cloudshelf.controls import as_stack
from cloudshelf.graph import Graph, capture, program, stack_config
from policies.controls.stack import PHASES, Stack
from tests.infra.provider import ROOT, Provider

FULL = "phase2 with everything on"
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
Graphs = Mapping[str, Graph]
Stacks = Mapping[str, Stack]


@pytest.fixture(scope="session")
def graphs() -> Graphs:
    """Each phase as its stack file has it, and phase2 with every option."""

    def captured(phase: str, settings: Mapping[str, str]) -> Graph:
        more = {f"cloudshelf:{key}": value for key, value in settings.items()}
        config = {**stack_config(phase, ROOT), **more}
        return capture(program(ROOT), mocks=Provider(), stack=phase, config=config)

    return {**{phase: captured(phase, {}) for phase in PHASES}, FULL: captured("phase2", EVERYTHING)}


@pytest.fixture(scope="session")
def stacks(graphs: Graphs) -> Stacks:
    return {name: as_stack(graph, name.split()[0]) for name, graph in graphs.items()}
