"""The policy pack runs by itself, and stops what the control table does not allow."""

import ast
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pulumi.runtime.proto import analyzer_pb2

from cloudshelf.graph import Node
from cloudshelf.graph.stacks import ROOT
from policies.controls import tokens
from policies.controls.pack import UnknownPhaseError, running_phase
from policies.controls.stack import PHASE2, PHASES
from policies.controls.tables import CONTROLS
from tests.policies.conftest import Graphs
from tests.policies.engine import UNKNOWN, Pack, running


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pack]:
    with running(PHASE2, tmp_path_factory.mktemp("elsewhere")) as pack:
        yield pack


@pytest.fixture
def pack(started: Pack) -> Iterator[Pack]:
    """The pack for phase2, every policy on."""
    yield started
    started.only()


def mandatory(diagnostics: list[Any]) -> set[str]:
    """The rows that stop a deployment."""
    stopping = [each for each in diagnostics if each.enforcementLevel == analyzer_pb2.MANDATORY]
    return {each.policyName.partition("-")[0] for each in stopping}


def advised(diagnostics: list[Any]) -> set[str]:
    return {each.policyName for each in diagnostics if each.enforcementLevel == analyzer_pb2.ADVISORY}


def with_inputs(node: Node, **inputs: Any) -> Node:
    return replace(node, inputs={**node.inputs, **inputs}, outputs={**node.outputs, **inputs})


def test_the_pack_imports_nothing_of_the_project_but_itself() -> None:
    allowed = {*sys.stdlib_module_names, "pulumi_policy", "controls"}
    for path in (ROOT / "policies").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                assert {name.name.partition(".")[0] for name in node.names} <= allowed, path
            if isinstance(node, ast.ImportFrom) and not node.level:
                assert str(node.module).partition(".")[0] in allowed, path


@pytest.mark.parametrize("phase", PHASES)
def test_each_stack_passes(phase: str, graphs: Graphs, tmp_path: Path) -> None:
    nodes = graphs[phase].resources
    with running(phase, tmp_path) as pack:
        assert not [each.message for node in nodes for each in pack.resource(node) if _stops(each)]
        assert not [each.message for each in pack.stack(nodes) if _stops(each)]


def _stops(diagnostic: Any) -> bool:
    return bool(diagnostic.enforcementLevel == analyzer_pb2.MANDATORY)


def test_every_row_of_the_phase_is_a_policy(pack: Pack) -> None:
    rows = {policy.name.partition("-")[0] for policy in pack.policies()}
    assert rows == {f"{control.id:03d}" for control in CONTROLS if PHASE2 in control.musts + control.advised}


def test_a_public_database_is_refused_before_it_is_made(pack: Pack, graphs: Graphs) -> None:
    database = graphs[PHASE2].one(tokens.DATABASE)
    assert mandatory(pack.resource(with_inputs(database, publiclyAccessible=True))) == {"068"}


def test_an_unprotected_database_is_refused(pack: Pack, graphs: Graphs) -> None:
    database = graphs[PHASE2].one(tokens.DATABASE)
    assert mandatory(pack.resource(replace(database, options={}))) == {"072"}


def test_what_only_the_whole_stack_shows_is_refused_too(pack: Pack, graphs: Graphs) -> None:
    nodes = [node for node in graphs[PHASE2].resources if node.type != tokens.PUBLIC_ACCESS_BLOCK]
    pack.only(31, 32, 125)
    assert mandatory(pack.stack(nodes)) == {"031", "125"}


def test_what_the_account_has_from_another_stack_is_not_asked_for(pack: Pack, graphs: Graphs, tmp_path: Path) -> None:
    nodes = [node for node in graphs[PHASE2].resources if node.type != tokens.ANALYZER]
    pack.only(111)
    assert mandatory(pack.stack(nodes)) == {"111"}
    with running(PHASE2, tmp_path, {"cloudshelf:accessAnalyzer": "reuse"}) as reusing:
        reusing.only(111)
        assert not mandatory(reusing.stack(nodes))


def test_a_violation_names_its_resource_and_says_what_to_do(pack: Pack, graphs: Graphs) -> None:
    database = graphs[PHASE2].one(tokens.DATABASE)
    [found] = pack.resource(with_inputs(database, copyTagsToSnapshot=False))
    assert found.urn == database.urn
    assert "Snapshots carry the database's tags" in found.message
    assert "copyTagsToSnapshot is False: set it to True" in found.message


def test_what_is_excepted_is_told_as_advice(pack: Pack, graphs: Graphs) -> None:
    pack.only(20, 82)
    told = pack.stack(graphs[PHASE2].resources)
    assert {"020-waived", "082-waived"} == advised(told)
    assert any("until 2027-12-31" in each.message for each in told)


def test_an_advised_row_stops_nothing(pack: Pack, graphs: Graphs) -> None:
    found = pack.resource(graphs[PHASE2].one(tokens.TRAIL))
    assert advised(found) == {"126", "127"}
    assert not mandatory(found)


def test_what_is_not_known_yet_is_said_not_to_be_checked(pack: Pack, graphs: Graphs) -> None:
    database = graphs[PHASE2].one(tokens.DATABASE)
    found = pack.resource(with_inputs(database, storageEncrypted=UNKNOWN))
    assert not mandatory(found)
    assert [each.policyName for each in found if "during preview" in each.message] == ["066"]


def test_the_stack_or_its_settings_say_the_phase() -> None:
    assert running_phase({"PULUMI_STACK": "phase1"}) == "phase1"
    assert running_phase({"PULUMI_STACK": "organization/cloudshelf/enhanced"}) == "enhanced"
    assert running_phase({"PULUMI_STACK": "shop-eu", "PULUMI_CONFIG": '{"cloudshelf:phase": "phase2"}'}) == "phase2"


def test_a_stack_of_no_phase_is_told_what_to_set() -> None:
    with pytest.raises(UnknownPhaseError, match="set cloudshelf:phase to one of phase1, enhanced, phase2"):
        running_phase({"PULUMI_STACK": "shop-eu"})
