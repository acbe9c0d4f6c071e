"""What the AWS SDK for Pulumi knows: is every input, at any depth, a property of its class?

Mocks take any name. The SDK's argument classes list the right ones.
"""

import importlib
import typing
from collections.abc import Iterator, Mapping
from typing import Any

from pulumi import _types

from cloudshelf.graph import Node


def unknown_inputs(node: Node) -> list[str]:
    """Dotted paths of inputs that the resource's class does not have."""
    return list(_unknown(node.inputs, _arguments(node.type), ""))


def _arguments(token: str) -> type:
    """For `aws:s3/bucket:Bucket` s3's BucketArgs, or BucketInitArgs where a nested property took that name."""
    service, _, name = token.removeprefix("aws:").partition("/")
    package = importlib.import_module(f"pulumi_aws.{'lambda_' if service == 'lambda' else service}")
    resource = getattr(package, name.rpartition(":")[2])
    module = vars(importlib.import_module(resource.__module__))
    found: type = module.get(f"{resource.__name__}InitArgs") or module[f"{resource.__name__}Args"]
    return found


def _unknown(value: Any, kind: type, path: str) -> Iterator[str]:
    known = _types.input_type_types(kind)
    for name, inner in value.items():
        if name not in known:
            yield f"{path}{name}"
        elif (nested := _nested(known[name])) is not None:
            for each in inner if isinstance(inner, list) else [inner]:
                if isinstance(each, Mapping):
                    yield from _unknown(each, nested, f"{path}{name}.")


def _nested(annotation: Any) -> type | None:
    """The argument class within an annotation such as Input[Sequence[Input[TableAttributeArgs]]]."""
    if isinstance(annotation, type) and _types.is_input_type(annotation):
        return annotation
    return next((found for part in typing.get_args(annotation) if (found := _nested(part)) is not None), None)
