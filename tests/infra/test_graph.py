"""What holds for every stack's resource graph."""

import ast
import importlib
import inspect
import typing

import pulumi
import pytest

from cloudshelf.graph import Graph, Node
from cloudshelf.graph.monitor import DuplicateUrnError
from tests.infra.provider import ROOT, Declare


def test_every_resource_belongs_to_a_component(phase1: Graph) -> None:
    loose = [
        n.name for n in phase1.resources if n.custom and n.parent.endswith("pulumi:pulumi:Stack::cloudshelf-phase1")
    ]
    assert loose == []


def test_every_component_says_it_is_finished(phase1: Graph) -> None:
    assert {n.urn for n in phase1.resources if not n.custom} == phase1.finished


def test_the_program_uses_nothing_deprecated(phase1: Graph) -> None:
    assert phase1.warnings == []


def test_a_preview_declares_what_an_update_does(declare: Declare, phase1: Graph) -> None:
    preview = declare("phase1", preview=True)
    assert preview.nodes.keys() == phase1.nodes.keys()
    for urn, node in phase1.nodes.items():
        assert preview.nodes[urn].inputs.keys() == node.inputs.keys(), urn


def test_inputs_unknown_in_a_preview_all_come_from_other_resources(declare: Declare) -> None:
    for node in declare("phase1", preview=True).resources:
        for path in node.unknowns:
            name = path.partition(".")[0].partition("[")[0]
            assert node.property_dependencies.get(name), f"{node.name}.{path} is unknown and depends on nothing"


def test_every_input_arrives_in_an_update(phase1: Graph) -> None:
    for node in phase1.resources:
        assert not node.unknowns, node.name
        for name, urns in node.property_dependencies.items():
            assert node.inputs.get(name) is not None, f"{node.name}.{name} was to come from {urns}"


def test_every_input_is_a_property_the_resource_has(phase1: Graph) -> None:
    for node in phase1.resources:
        if node.custom:
            unknown = node.inputs.keys() - _properties(node)
            assert not unknown, f"{node.name}: {node.type} has no {', '.join(unknown)}"


def _properties(node: Node) -> set[str]:
    """The wire names of a resource's arguments, from the SDK's own class."""
    module = node.type.split(":")[1].partition("/")[0]
    package = importlib.import_module(f"pulumi_aws.{'lambda_' if module == 'lambda' else module}")
    return {
        _camel(a) for a in inspect.signature(getattr(package, node.type.rpartition(":")[2])._internal_init).parameters
    }


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)


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
    from components import service_function

    monkeypatch.setattr(service_function, "_streams", lambda log_group: f"{log_group.arn}:*")
    with pytest.raises(Exception, match="__str__ on an Output"):
        declare("phase1")


LAYERS = {
    "__main__.py": {"phases", "settings"},
    "settings.py": set(),
    "phases": {"phases", "components", "settings"},
    "components": {"components"},
}
OURS = {"phases", "components", "settings", "functions", "cloudshelf", "tests"}


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
