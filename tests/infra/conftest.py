"""Stacks captured once for all tests."""

import shutil
from pathlib import Path

import pytest

from cloudshelf.graph import Graph, capture, program, stack_config
from components import artifact
from tests.infra.provider import ROOT, Declare, Provider


@pytest.fixture(scope="session")
def declare() -> Declare:
    """Captures the real program: `declare("phase1", {"cloudshelf:protectData": "false"}, stack="phase1-eu")`."""

    def run(
        phase: str, overrides: dict[str, str] | None = None, *, stack: str | None = None, preview: bool = False
    ) -> Graph:
        config = {**stack_config(phase, ROOT), "cloudshelf:phase": phase, **(overrides or {})}
        return capture(program(ROOT), mocks=Provider(), stack=stack or phase, config=config, preview=preview)

    return run


@pytest.fixture(scope="session")
def phase1(declare: Declare) -> Graph:
    return declare("phase1")


@pytest.fixture(scope="session")
def trial(declare: Declare) -> Graph:
    """A second stack of phase 1 that may go at any time: nothing protected, mail on, no API Gateway logs."""
    settings = {"protectData": "false", "alertEmail": "ops@example.com", "apiGatewayLogRole": "skip"}
    return declare("phase1", {f"cloudshelf:{key}": value for key, value in settings.items()}, stack="phase1-eu")


@pytest.fixture
def source_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of functions/ that a test may change; artefacts are built from it, into a folder of its own."""
    functions = tmp_path / "functions"
    shutil.copytree(ROOT / "functions", functions, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(artifact, "FUNCTIONS", functions)
    monkeypatch.setattr(artifact, "BUILD", tmp_path / "build")
    monkeypatch.setattr(artifact, "vendor", lambda *_: tmp_path / "nothing-vendored")
    return functions
