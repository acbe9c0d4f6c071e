"""The project's own stacks, captured without AWS."""

from collections.abc import Mapping
from pathlib import Path

from cloudshelf.graph import Graph, capture, program, stack_config
from tests.infra.provider import Provider

ROOT = Path(__file__).resolve().parent.parent.parent
# Everything phase2 can have besides what its stack file asks for.
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


def captured(phase: str, settings: Mapping[str, str] | None = None) -> Graph:
    """A phase as its stack file has it, but for some settings."""
    more = {f"cloudshelf:{key}": value for key, value in (settings or {}).items()}
    config = {**stack_config(phase, ROOT), **more}
    return capture(program(ROOT), mocks=Provider(), stack=phase, config=config)
