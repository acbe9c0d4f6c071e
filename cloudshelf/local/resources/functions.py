"""Lambda functions as real processes."""

from pathlib import Path
from typing import TYPE_CHECKING

import pulumi

from cloudshelf.local.gateway.gateway import Permission
from cloudshelf.local.lambdas.environment import FunctionConfig
from cloudshelf.local.lambdas.function import MOST_ENVIRONMENTS, Function, unpack
from cloudshelf.local.resources.registry import REGISTRY, Fidelity, Inputs, Made

if TYPE_CHECKING:
    from cloudshelf.local.world import World

FUNCTION_NOTE = (
    f"its artefact under AWS's runtime client, up to {MOST_ENVIRONMENTS} processes each, with its time-out; "
    "no memory limit, this machine's Python and processor, roles not checked"
)
PERMISSION_NOTE = "the gateway invokes only what a permission for it names"


@REGISTRY.make(Fidelity.REAL, "aws:lambda/function:Function", FUNCTION_NOTE)
def function(world: "World", name: str, inputs: Inputs) -> Made:
    function_name = inputs.get("name", name)
    arn = world.arn("lambda", f"function:{function_name}")
    code = inputs["code"]
    if not isinstance(code, pulumi.FileArchive):
        raise TypeError(
            f"{function_name}: the local cloud runs an artefact that is one file, not {type(code).__name__}"
        )
    reserved = inputs.get("reservedConcurrentExecutions")
    config = FunctionConfig(
        name=function_name,
        arn=arn,
        handler=inputs["handler"],
        task_root=unpack(Path(code.path)),
        runtime_root=world.runtime_root,
        timeout_seconds=int(inputs.get("timeout", 3)),
        memory_mb=int(inputs.get("memorySize", 128)),
        variables={k: str(v) for k, v in inputs.get("environment", {}).get("variables", {}).items()},
        log_file=world.log_file(function_name),
        concurrency=None if reserved in (None, -1) else int(reserved),
    )
    world.functions.deployed[function_name] = Function(config, world.aws.environment())
    invoke = f"arn:aws:apigateway:{world.region}:lambda:path/2015-03-31/functions/{arn}/invocations"
    return function_name, {"name": function_name, "arn": arn, "invokeArn": invoke, "qualifiedArn": f"{arn}:$LATEST"}


@REGISTRY.make(Fidelity.ENFORCED, "aws:lambda/permission:Permission", PERMISSION_NOTE)
def permission(world: "World", name: str, inputs: Inputs) -> Made:
    function_name = str(inputs["function"]).rpartition(":")[2]
    world.functions.permissions.append(Permission(function_name, inputs["principal"], inputs.get("sourceArn", "*")))
    return inputs.get("statementId", name), {}
