"""Stacks captured once for all tests."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from cloudshelf.controls.stacks import EVERYTHING
from cloudshelf.graph import Graph, capture, program, stack_config
from components import artifact
from tests.infra.provider import ROOT, SIX_ZONES, Declare, Provider

# In a region far from CloudFront's.
FAR = {
    **EVERYTHING,
    "accessAnalyzer": "create",
    "alertEmail": "ops@example.com",
    "allowedCountries": '["DE", "FR"]',
    "canaryPercent": "10",
    "cartReplicaRegions": '["us-east-1"]',
    "cloudTrail": "create",
    "databaseMostStorageGb": "200",
    "functionConcurrency": "20",
    "guardDuty": "create",
}
PARIS = "eu-west-3"
STACKS: Mapping[str, Mapping[str, Any]] = {
    "phase1": {"phase": "phase1"},
    "enhanced": {"phase": "enhanced"},
    "phase2": {"phase": "phase2"},
    "everything": {"phase": "phase2", "overrides": FAR, "stack": "production", "region": PARIS},
}


@pytest.fixture(scope="session")
def declare() -> Declare:
    """Captures the real program: `declare("phase1", {"protectData": "false"}, stack="phase1-eu")`."""

    def run(
        phase: str,
        overrides: Mapping[str, str] | None = None,
        *,
        stack: str | None = None,
        preview: bool = False,
        region: str = "us-east-1",
        subnets: Mapping[str, str] = SIX_ZONES,
    ) -> Graph:
        own = {key if ":" in key else f"cloudshelf:{key}": value for key, value in (overrides or {}).items()}
        config = {**stack_config(phase, ROOT), "cloudshelf:phase": phase, "aws:region": region, **own}
        mocks = Provider(subnets=subnets, region=region)
        return capture(program(ROOT), mocks=mocks, stack=stack or phase, config=config, preview=preview)

    return run


@pytest.fixture(scope="session")
def phase1(declare: Declare) -> Graph:
    return declare(**STACKS["phase1"])


@pytest.fixture(scope="session")
def enhanced(declare: Declare) -> Graph:
    return declare(**STACKS["enhanced"])


@pytest.fixture(scope="session")
def phase2(declare: Declare) -> Graph:
    return declare(**STACKS["phase2"])


@pytest.fixture(scope="session")
def everything(declare: Declare) -> Graph:
    """Phase 2 with all options on."""
    return declare(**STACKS["everything"])


@pytest.fixture(scope="session", params=list(STACKS))
def stack(request: pytest.FixtureRequest) -> str:
    """Each stack in turn."""
    return str(request.param)


@pytest.fixture(scope="session")
def graph(stack: str, request: pytest.FixtureRequest) -> Graph:
    """Each stack's graph in turn."""
    found: Graph = request.getfixturevalue(stack)
    return found


@pytest.fixture(scope="session")
def trial(declare: Declare) -> Graph:
    """A second stack of phase 1 that may go at any time: nothing protected, mail on, no API Gateway logs."""
    settings = {"protectData": "false", "alertEmail": "ops@example.com", "apiGatewayLogRole": "skip"}
    return declare("phase1", settings, stack="phase1-eu")


@pytest.fixture
def source_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of functions/ that a test may change; artefacts are built from it, into a folder of its own."""
    functions = tmp_path / "functions"
    shutil.copytree(ROOT / "functions", functions, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(artifact, "FUNCTIONS", functions)
    monkeypatch.setattr(artifact, "BUILD", tmp_path / "build")
    monkeypatch.setattr(artifact, "vendor", lambda *_: tmp_path / "nothing-vendored")
    return functions
