"""Parameter Store, Secrets Manager and KMS in moto."""

from typing import TYPE_CHECKING, Any

from cloudshelf.local.resources.registry import REGISTRY, Fidelity, Inputs, Made

if TYPE_CHECKING:
    from cloudshelf.local.world import World

PARAMETER_NOTE = "moto: a function reads what its role allows, and a secure one only with its key; gone when it stops"
KEY_NOTE = "moto: encrypts parameters; a function's permission to decrypt one is checked. Nothing else is encrypted"


@REGISTRY.make(Fidelity.REAL, "aws:ssm/parameter:Parameter", PARAMETER_NOTE)
def parameter(world: "World", name: str, inputs: Inputs) -> Made:
    physical = str(inputs.get("name", name))
    version = _put(world, physical, inputs)
    arn = world.arn("ssm", f"parameter/{physical.lstrip('/')}")
    return physical, {"name": physical, "arn": arn, "value": inputs["value"], "version": version}


def _put(world: "World", physical: str, inputs: Inputs, *, overwrite: bool = False) -> int:
    """The version it has then."""
    arguments: dict[str, Any] = {"Name": physical, "Type": inputs["type"], "Value": str(inputs["value"])}
    world.parameter_keys.pop(physical, None)
    if inputs["type"] == "SecureString" and (key := inputs.get("keyId")):
        arguments["KeyId"] = key
        world.parameter_keys[physical] = key
    put = world.aws.client("ssm").put_parameter(**arguments, Overwrite=overwrite)
    return int(put["Version"])


@REGISTRY.change("aws:ssm/parameter:Parameter")
def change_parameter(world: "World", identity: str, old: Inputs, new: Inputs) -> dict[str, Any]:
    return {"version": _put(world, identity, new, overwrite=True), "value": new["value"]}


@REGISTRY.remove("aws:ssm/parameter:Parameter")
def remove_parameter(world: "World", identity: str, inputs: Inputs) -> None:
    world.aws.client("ssm").delete_parameter(Name=identity)
    world.parameter_keys.pop(identity, None)


@REGISTRY.make(Fidelity.REAL, "aws:kms/key:Key", KEY_NOTE)
def key(world: "World", name: str, inputs: Inputs) -> Made:
    made = world.aws.client("kms").create_key(Description=str(inputs.get("description", name)))["KeyMetadata"]
    return made["KeyId"], {"keyId": made["KeyId"], "arn": made["Arn"]}


@REGISTRY.change("aws:kms/key:Key")
def change_key(world: "World", identity: str, old: Inputs, new: Inputs) -> dict[str, Any]:
    """Policy, rotation, description: nobody but a function's role is asked here."""
    return {}


@REGISTRY.remove("aws:kms/key:Key")
def remove_key(world: "World", identity: str, inputs: Inputs) -> None:
    days = int(inputs.get("deletionWindowInDays", 30))
    world.aws.client("kms").schedule_key_deletion(KeyId=identity, PendingWindowInDays=days)


@REGISTRY.make(Fidelity.NO_EFFECT, "aws:kms/replicaKey:ReplicaKey", "there is one region here")
def replica_key(world: "World", name: str, inputs: Inputs) -> Made:
    key_id = str(inputs["primaryKeyArn"]).rpartition("/")[2]
    return key_id, {"keyId": key_id, "arn": world.arn("kms", f"key/{key_id}", region=inputs.get("region"))}


REGISTRY.keeps_nothing("aws:kms/replicaKey:ReplicaKey")
REGISTRY.no_effect("keys are found by their id here", "aws:kms/alias:Alias")
