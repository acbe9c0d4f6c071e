"""What holds for every stack's resource graph."""

import ast
import typing
from dataclasses import replace

import pulumi
import pytest

from cloudshelf.graph import Graph
from cloudshelf.graph.monitor import DuplicateUrnError
from config_reader import SettingError
from tests.infra.conftest import STACKS
from tests.infra.provider import ROOT, Declare
from tests.infra.sdk_schema import unknown_inputs


@pytest.fixture(scope="module")
def preview(stack: str, declare: Declare) -> Graph:
    """The same stack as `graph`, as `pulumi preview` sees it."""
    return declare(**STACKS[stack], preview=True)


def test_every_resource_belongs_to_a_component(graph: Graph) -> None:
    loose = [n.name for n in graph.resources if n.custom and "::pulumi:pulumi:Stack::" in n.parent]
    assert loose == []


def test_every_component_says_it_is_finished(graph: Graph) -> None:
    ours = {node.urn for node in graph.resources if not node.custom and node.type.startswith("cloudshelf:")}
    assert ours == graph.finished


def test_the_program_uses_nothing_deprecated(graph: Graph) -> None:
    assert graph.warnings == []


def test_a_preview_declares_what_an_update_does(preview: Graph, graph: Graph) -> None:
    assert preview.nodes.keys() == graph.nodes.keys()
    for urn, node in graph.nodes.items():
        assert preview.nodes[urn].inputs.keys() == node.inputs.keys(), urn


def test_the_provider_of_these_tests_answers_every_output_that_is_used(preview: Graph) -> None:
    # In an update an output nobody answers is None, and the input made of it silently disappears.
    unknown = {f"{n.name}.{path}" for n in preview.resources for path in n.unknowns}
    assert unknown == set()


def test_every_input_arrives_in_an_update(graph: Graph) -> None:
    for node in graph.resources:
        assert not node.unknowns, node.name
        for name, urns in node.property_dependencies.items():
            assert node.inputs.get(name) is not None, f"{node.name}.{name} was to come from {urns}"


def test_every_input_is_a_property_the_resource_has(graph: Graph) -> None:
    for node in graph.resources:
        if node.custom:
            assert unknown_inputs(node) == [], f"{node.name}: {node.type} has no such property"


def test_a_misspelt_input_is_found_at_any_depth(phase1: Graph) -> None:
    table = phase1.named("books-table")
    index = {**table.inputs["globalSecondaryIndexes"][0], "projektionType": "ALL"}
    wrong = replace(table, inputs={**table.inputs, "hashkey": "x", "globalSecondaryIndexes": [index]})
    assert unknown_inputs(wrong) == ["globalSecondaryIndexes.projektionType", "hashkey"]


def test_a_misspelt_setting_stops_the_program_with_that_error_alone(declare: Declare) -> None:
    with pytest.raises(SettingError, match="did you mean cloudshelf:alertEmail") as refusal:
        declare("phase1", {"alertEmial": "ops@example.com"})
    assert refusal.value.__cause__ is None


def test_two_resources_of_one_urn_are_refused(declare: Declare, monkeypatch: pytest.MonkeyPatch) -> None:
    from components import cart_store

    monkeypatch.setattr(cart_store, "Table", _Twice)
    with pytest.raises(DuplicateUrnError, match="carts"):
        declare("phase1")


class _Twice:
    def __init__(self, name: str, args: object, opts: pulumi.ResourceOptions) -> None:
        from components.table import Table

        table = Table(name, typing.cast(typing.Any, args), opts)
        Table(name, typing.cast(typing.Any, args), opts)
        self.table_name, self.arn, self.allow, self.query = table.table_name, table.arn, table.allow, table.query


def test_an_output_put_into_a_string_is_an_error(declare: Declare, monkeypatch: pytest.MonkeyPatch) -> None:
    from components import execution_role

    monkeypatch.setattr(execution_role, "_streams", lambda log_group_arn: f"{log_group_arn}:*")
    with pytest.raises(Exception, match="__str__ on an Output"):
        declare("phase1")


LAYERS = {
    "__main__.py": {"phases", "settings"},
    "config_reader.py": set(),
    "settings.py": {"config_reader"},
    "phases": {"phases", "components", "settings"},
    "components": {"components"},
}
OURS = {"phases", "components", "settings", "config_reader", "functions", "cloudshelf", "tests"}


@pytest.mark.parametrize("layer", LAYERS)
def test_data_flows_one_way(layer: str) -> None:
    path = ROOT / layer
    for source in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
        assert _imports(source.read_text()) & OURS <= LAYERS[layer], source


def test_functions_import_nothing_from_outside_functions() -> None:
    for source in sorted((ROOT / "functions").rglob("*.py")):
        assert not _imports(source.read_text()) & OURS, source


def _imports(source: str) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found
