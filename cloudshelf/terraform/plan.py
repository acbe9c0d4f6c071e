"""The JSON of `terraform show -json`, as far as tools read it.

Format: https://developer.hashicorp.com/terraform/internals/json-format
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from cloudshelf.graph import Node
from cloudshelf.terraform.names import MAPS, property_name, singular, terraform_type

FORMAT_VERSION, TERRAFORM_VERSION = "1.2", "1.9.0"
PROVIDER = "registry.terraform.io/hashicorp/aws"
Json = dict[str, Any]


def to_plan(nodes: Iterable[Node]) -> Json:
    """A plan that creates every resource Terraform has a type for."""
    converted = [node for node in nodes if node.custom and terraform_type(node.type)]
    addresses = {node.urn: address(node) for node in converted}
    resources = [_resource(node) for node in converted]
    return {
        "format_version": FORMAT_VERSION,
        "terraform_version": TERRAFORM_VERSION,
        "planned_values": {"root_module": {"resources": resources}},
        "resource_changes": [_change(resource) for resource in resources],
        "configuration": {"root_module": {"resources": [_configured(node, addresses) for node in converted]}},
    }


def address(node: Node) -> str:
    return f"{terraform_type(node.type)}.{_name(node)}"


def _name(node: Node) -> str:
    return re.sub(r"[^A-Za-z0-9_-]", "_", node.name)


def _header(node: Node) -> Json:
    return {"address": address(node), "mode": "managed", "type": terraform_type(node.type), "name": _name(node)}


def _resource(node: Node) -> Json:
    return {**_header(node), "provider_name": PROVIDER, "schema_version": 0, "values": _values(node)}


def _values(node: Node) -> Json:
    type_ = str(terraform_type(node.type))
    return _block(type_, node.inputs)


def _block(type_: str, props: Mapping[str, Any]) -> Json:
    return dict(_attribute(property_name(type_, key), value) for key, value in props.items())


def _attribute(name: str, value: Any) -> tuple[str, Any]:
    """Pulumi flattens blocks of which there is at most one, and calls lists of blocks by their plural."""
    if isinstance(value, Mapping):
        return (name, dict(value)) if name in MAPS else (name, [_block("", value)])
    if isinstance(value, list) and value and all(isinstance(item, Mapping) for item in value):
        return singular(name), [_block("", item) for item in value]
    return name, value if isinstance(value, (str, int, float, bool, list, type(None))) else str(value)


def _change(resource: Json) -> Json:
    change = {"actions": ["create"], "before": None, "after": resource["values"], "after_unknown": {}}
    header = {key: resource[key] for key in ("address", "mode", "type", "name", "provider_name")}
    return {**header, "change": change}


def _configured(node: Node, addresses: Mapping[str, str]) -> Json:
    """What a property was made from: tools follow these from a resource to its companions."""
    expressions = {}
    for key, urns in node.property_dependencies.items():
        names = [addresses[urn] for urn in urns if urn in addresses]
        references = [each for name in names for each in (f"{name}.id", name)]
        if references:
            name, _ = _attribute(property_name(str(terraform_type(node.type)), key), node.inputs.get(key))
            expressions[name] = {"references": references}
    return {**_header(node), "provider_config_key": "aws", "schema_version": 0, "expressions": expressions}
