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
    arguments: dict[str, Any] = {"Name": physical, "Type": inputs["type"], "Value": str(inputs["value"])}
    if inputs["type"] == "SecureString" and (key := inputs.get("keyId")):
        arguments["KeyId"] = key
        world.parameter_keys[physical] = key
    world.aws.client("ssm").put_parameter(**arguments)
    arn = world.arn("ssm", f"parameter/{physical.lstrip('/')}")
    return physical, {"name": physical, "arn": arn, "value": inputs["value"], "version": 1}


@REGISTRY.make(Fidelity.REAL, "aws:kms/key:Key", KEY_NOTE)
def key(world: "World", name: str, inputs: Inputs) -> Made:
    made = world.aws.client("kms").create_key(Description=str(inputs.get("description", name)))["KeyMetadata"]
    return made["KeyId"], {"keyId": made["KeyId"], "arn": made["Arn"]}


@REGISTRY.make(Fidelity.NO_EFFECT, "aws:kms/replicaKey:ReplicaKey", "there is one region here")
def replica_key(world: "World", name: str, inputs: Inputs) -> Made:
    key_id = str(inputs["primaryKeyArn"]).rpartition("/")[2]
    return key_id, {"keyId": key_id, "arn": world.arn("kms", f"key/{key_id}", region=inputs.get("region"))}


REGISTRY.no_effect("keys are found by their id here", "aws:kms/alias:Alias")
