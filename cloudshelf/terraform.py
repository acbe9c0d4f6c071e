"""A stack's graph as the plan of Terraform's AWS provider, which checkov reads."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from cloudshelf.graph import Node

# Modules whose name Terraform writes otherwise, or, empty, leaves out.
MODULES = {"apigateway": "api_gateway", "cfg": "config", "ec2": "", "rds": "db"}
TYPES = {
    "aws:cloudtrail/trail:Trail": "aws_cloudtrail",
    "aws:s3/bucketObjectv2:BucketObjectv2": "aws_s3_object",
}
# By Terraform's type, properties that are no mere snake case of Pulumi's.
RENAMED = {
    "aws_api_gateway_deployment": {"rest_api": "rest_api_id"},
    "aws_api_gateway_method_settings": {"rest_api": "rest_api_id"},
    "aws_api_gateway_stage": {"rest_api": "rest_api_id", "deployment": "deployment_id"},
    "aws_cloudwatch_metric_alarm": {"name": "alarm_name"},
    "aws_lambda_function": {"name": "function_name", "code": "filename"},
    "aws_lambda_permission": {"function": "function_name"},
}
# Lists of blocks that are plural in Terraform too.
PLURAL = frozenset({"api_stages", "redacted_fields"})
SINGULARS = ((r"ss$", "ss"), (r"ies$", "y"), (r"(ss|sh|ch|x|alias)es$", r"\1"), (r"s$", ""))
# Maps with keys of the user's own: Terraform shows them as they are, where other objects are blocks.
MAPS = frozenset({"dimensions", "parameters", "tags", "triggers", "variables", "request_parameters"})


def snake(name: str) -> str:
    """camelCase as snake_case; a digit belongs to what is before it."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


def singular(name: str) -> str:
    if name in PLURAL:
        return name
    for ending, replacement in SINGULARS:
        changed, times = re.subn(ending, replacement, name)
        if times:
            return changed
    return name


def terraform_type(token: str) -> str | None:
    """`aws:rds/instance:Instance` is `aws_db_instance`; None for what is not of Terraform's AWS provider."""
    package, _, rest = token.partition(":")
    if package != "aws" or "/" not in rest:
        return None
    if token in TYPES:
        return TYPES[token]
    module, _, path = rest.partition("/")
    module = MODULES.get(module, snake(module))
    resource = snake(path.partition(":")[0])
    return "_".join(part for part in ("aws", module, resource) if part)


def property_name(type_: str, name: str) -> str:
    named = snake(name)
    return RENAMED.get(type_, {}).get(named, named)


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
