"""Property values as the engine sends them, and as makers of resources take them."""

from collections.abc import Container, Mapping
from typing import Any

import pulumi
from google.protobuf import struct_pb2  # type: ignore[import-untyped]
from pulumi.runtime import rpc

UNKNOWN = rpc.UNKNOWN
SIGNATURE, HASH = rpc._special_sig_key, "hash"
SECRET, ASSET, ARCHIVE = rpc._special_secret_sig, rpc._special_asset_sig, rpc._special_archive_sig


def received(properties: struct_pb2.Struct) -> dict[str, Any]:
    """As plain Python: whole numbers as int, secrets unwrapped, assets and archives as the dictionaries they are."""
    return {name: _received(value) for name, value in properties.fields.items()}


def _received(value: struct_pb2.Value) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        plain = received(value.struct_value)
        return plain["value"] if plain.get(SIGNATURE) == SECRET else plain
    if kind == "list_value":
        return [_received(item) for item in value.list_value.values]
    if kind == "number_value":
        return int(value.number_value) if value.number_value.is_integer() else value.number_value
    return None if kind in (None, "null_value") else getattr(value, str(kind))


def secrets(properties: struct_pb2.Struct) -> frozenset[str]:
    """The properties that are secret, or have something secret in them."""
    return frozenset(name for name, value in properties.fields.items() if _is_secret(value))


def _is_secret(value: struct_pb2.Value) -> bool:
    fields = value.struct_value.fields
    if SIGNATURE in fields and fields[SIGNATURE].string_value == SECRET:
        return True
    return any(map(_is_secret, fields.values())) or any(map(_is_secret, value.list_value.values))


def sent(properties: Mapping[str, Any], secret: Container[str] = ()) -> struct_pb2.Struct:
    """The other way round; the named ones as secrets."""
    made = struct_pb2.Struct()
    made.update(
        {
            name: {SIGNATURE: SECRET, "value": value} if name in secret else value
            for name, value in properties.items()
            if value is not None
        }
    )
    return made


def given(value: Any) -> Any:
    """What a maker takes: assets and archives as the SDK has them."""
    if isinstance(value, list):
        return [given(item) for item in value]
    if not isinstance(value, dict):
        return value
    match value.get(SIGNATURE):
        case rpc._special_asset_sig if "text" in value and not value.get("path"):
            return pulumi.StringAsset(value["text"])
        case rpc._special_asset_sig:
            return pulumi.FileAsset(value["path"])
        case rpc._special_archive_sig if value.get("path"):
            return pulumi.FileArchive(value["path"])
        case rpc._special_archive_sig:
            return pulumi.AssetArchive({name: given(item) for name, item in value.get("assets", {}).items()})
    return {name: given(item) for name, item in value.items() if item is not None}


def is_unknown(value: Any) -> bool:
    """Whether anything in it is not known yet."""
    if isinstance(value, dict):
        return any(map(is_unknown, value.values()))
    if isinstance(value, list):
        return any(map(is_unknown, value))
    return bool(value == UNKNOWN)


def differences(old: Any, new: Any, path: str = "") -> dict[str, tuple[Any, Any]]:
    """What of two property values is not the same, by its path. Assets are the same when their contents are."""
    if old == new:
        return {}
    if isinstance(old, dict) and isinstance(new, dict):
        if SIGNATURE in old and old.get(SIGNATURE) == new.get(SIGNATURE):
            return {} if old.get(HASH) and old.get(HASH) == new.get(HASH) else {path: (old, new)}
        found: dict[str, tuple[Any, Any]] = {}
        for name in sorted({*old, *new}):
            found |= differences(old.get(name), new.get(name), f"{path}.{name}" if path else name)
        return found
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        found = {}
        for number, (before, after) in enumerate(zip(old, new, strict=True)):
            found |= differences(before, after, f"{path}[{number}]")
        return found
    return {path: (old, new)}
