"""Lambda functions as real processes."""

import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pulumi

from cloudshelf.local.gateway.gateway import Permission
from cloudshelf.local.lambdas.environment import FunctionConfig, FunctionFailed
from cloudshelf.local.lambdas.event_source import EventSource
from cloudshelf.local.lambdas.function import MOST_ENVIRONMENTS, Function, for_this_machine
from cloudshelf.local.lambdas.schedule import Clock, Schedule
from cloudshelf.local.metrics.meters import of_function
from cloudshelf.local.network.reach import HTTPS, SERVED, Reach, host_of, inside, outside
from cloudshelf.local.network.vpc import Placement
from cloudshelf.local.resources.cognito import issuer, local_issuer
from cloudshelf.local.resources.registry import REGISTRY, Fidelity, Inputs, Made

if TYPE_CHECKING:
    from cloudshelf.local.world import World

FUNCTION_NOTE = (
    f"its artefact under AWS's runtime client, up to {MOST_ENVIRONMENTS} processes each, with its time-out and its "
    "role's credentials; no memory limit, this machine's Python and processor, no traces"
)
PERMISSION_NOTE = "the gateway invokes only what a permission for it names"
INVOCATION_NOTE = "the function is run with this input while the stack is made"
SOURCE_NOTE = (
    "changes of a table reach the function within a second, as its mapping says; what is given up is in "
    "logs/dead-letters.log, however old"
)
SCHEDULE_NOTE = "a function is called at its rate; the database runs as long as the shop"
NETWORK_SECONDS = 5.0
# The AWS SDK's names for what the local cloud serves.
SDK_NAMES = {"cognito-idp": "COGNITO_IDENTITY_PROVIDER", "secretsmanager": "SECRETS_MANAGER"}


class InvocationFailed(Exception):
    """A function that the program runs while the stack is made did not do its work."""


@REGISTRY.make(Fidelity.REAL, "aws:lambda/function:Function", FUNCTION_NOTE)
def function(world: "World", name: str, inputs: Inputs) -> Made:
    function_name = inputs.get("name", name)
    config, aws = _configured(world, function_name, inputs)
    measure = of_function(world.metrics, function_name)
    world.functions.deployed[function_name] = Function(config, aws, lambda: reach(world, function_name), measure)
    arn = config.arn
    invoke = f"arn:aws:apigateway:{world.region}:lambda:path/2015-03-31/functions/{arn}/invocations"
    return function_name, {"name": function_name, "arn": arn, "invokeArn": invoke, "qualifiedArn": f"{arn}:$LATEST"}


def _configured(world: "World", function_name: str, inputs: Inputs) -> tuple[FunctionConfig, dict[str, str]]:
    """What runs, and with which credentials; places it in the network."""
    code = inputs["code"]
    if not isinstance(code, pulumi.FileArchive):
        raise TypeError(
            f"{function_name}: the local cloud runs an artefact that is one file, not {type(code).__name__}"
        )
    reserved = inputs.get("reservedConcurrentExecutions")
    declared = inputs.get("environment", {}).get("variables", {})
    config = FunctionConfig(
        name=function_name,
        arn=world.arn("lambda", f"function:{function_name}"),
        handler=inputs["handler"],
        task_root=for_this_machine(Path(code.path)),
        runtime_root=world.runtime_root,
        timeout_seconds=int(inputs.get("timeout", 3)),
        memory_mb=int(inputs.get("memorySize", 128)),
        variables=_variables(world, {name: str(value) for name, value in declared.items()}),
        log_file=world.log_file(function_name),
        concurrency=None if reserved in (None, -1) else int(reserved),
    )
    world.functions.placements.pop(function_name, None)
    if vpc := inputs.get("vpcConfig"):
        world.functions.placements[function_name] = Placement(
            subnets=frozenset(vpc["subnetIds"]), groups=frozenset(vpc["securityGroupIds"])
        )
    return config, _credentials(world, function_name, str(inputs["role"]).rpartition("/")[2])


@REGISTRY.change("aws:lambda/function:Function")
def change_function(world: "World", identity: str, old: Inputs, new: Inputs) -> dict[str, Any]:
    world.functions.deployed[identity].reconfigure(*_configured(world, identity, new))
    return {}


@REGISTRY.remove("aws:lambda/function:Function")
def remove_function(world: "World", identity: str, inputs: Inputs) -> None:
    world.functions.deployed.pop(identity).close()
    world.functions.placements.pop(identity, None)


def reach(world: "World", function_name: str) -> Reach:
    """What the function's sockets reach, by what is declared so far."""
    placement = world.functions.placements.get(function_name)
    if placement is None:
        return outside(world.vpc, world.region, world.apis_port)
    return inside(world.vpc, placement, world.region, world.apis_port)


def _credentials(world: "World", function_name: str, role: str) -> dict[str, str]:
    """What the AWS SDK finds in the function's environment."""
    hosts = {SDK_NAMES.get(service, service.upper()): host_of(service, world.region) for service in SERVED}
    return {
        "AWS_DEFAULT_REGION": world.region,
        "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
        **{f"AWS_ENDPOINT_URL_{service}": f"http://{host}:{HTTPS}" for service, host in hosts.items()},
        **world.iam.issue(function_name, role).environment,
    }


def _variables(world: "World", declared: dict[str, str]) -> dict[str, str]:
    """The declared ones, and how to know this machine's database and sign-in in place of RDS and Cognito."""
    local = dict(declared)
    if "DATABASE_HOST" in declared:
        local["DATABASE_CA_FILE"] = str(_authorities(world, declared.get("SOURCE_DATABASE_HOST", "")))
    if pool := local_issuer(world, declared.get("USER_POOL_ISSUER", "")):
        local["USER_POOL_ISSUER"] = issuer(world, pool)
        local["JWKS_URL"] = f"http://{host_of('cognito-idp', world.region)}:{HTTPS}/{pool}/.well-known/jwks.json"
    return local


def _authorities(world: "World", other_host: str) -> Path:
    """Who vouches for the stack's database, and for another stack's if the function has to do with one."""
    own = world.databases.authority.ca_file
    others = [each.ca_file for each in world.aws.instances.values() if each.listener.host == other_host]
    if not others:
        return own
    both = own.with_name(f"{own.stem}-and-others{own.suffix}")
    both.write_text("".join(path.read_text() for path in (own, *others)))
    return both


@REGISTRY.make(Fidelity.ENFORCED, "aws:lambda/permission:Permission", PERMISSION_NOTE)
def permission(world: "World", name: str, inputs: Inputs) -> Made:
    world.functions.permissions.append(_permission(inputs))
    return inputs.get("statementId", name), {}


def _permission(inputs: Inputs) -> Permission:
    function_name = str(inputs["function"]).rpartition(":")[2]
    return Permission(function_name, inputs["principal"], inputs.get("sourceArn", "*"))


@REGISTRY.remove("aws:lambda/permission:Permission", remade=True)
def remove_permission(world: "World", identity: str, inputs: Inputs) -> None:
    world.functions.permissions.remove(_permission(inputs))


@REGISTRY.make(Fidelity.REAL, "aws:lambda/invocation:Invocation", INVOCATION_NOTE)
def invocation(world: "World", name: str, inputs: Inputs) -> Made:
    function_name = str(inputs["functionName"]).rpartition(":")[2]
    variables = world.functions.deployed[function_name].config.variables
    if "DATABASE_HOST" in variables:
        # Nothing makes the engine declare a rule of a security group before this.
        address = f"{variables['DATABASE_HOST']}:{variables['DATABASE_PORT']}"
        world.vpc.wait_for(lambda: address in reach(world, function_name), NETWORK_SECONDS)
    try:
        result = world.functions.invoke(function_name, str(inputs["input"]).encode())
    except FunctionFailed as error:
        log = world.log_file(function_name)
        raise InvocationFailed(f"{function_name}, run while the stack is made, failed: {error}. See {log}") from None
    return f"{function_name}_$LATEST", {"result": result.decode()}


@REGISTRY.make(Fidelity.REAL, "aws:lambda/eventSourceMapping:EventSourceMapping", SOURCE_NOTE)
def event_source_mapping(world: "World", name: str, inputs: Inputs) -> Made:
    EventSource.of(inputs)
    identity = str(uuid.uuid4())
    world.event_sources[identity] = inputs
    return identity, {"uuid": identity, "arn": world.arn("lambda", f"event-source-mapping:{identity}")}


@REGISTRY.change("aws:lambda/eventSourceMapping:EventSourceMapping")
def change_event_source_mapping(world: "World", identity: str, old: Inputs, new: Inputs) -> dict[str, Any]:
    EventSource.of(new)
    world.event_sources[identity] = new
    return {}


@REGISTRY.remove("aws:lambda/eventSourceMapping:EventSourceMapping")
def remove_event_source_mapping(world: "World", identity: str, inputs: Inputs) -> None:
    del world.event_sources[identity]


@REGISTRY.make(Fidelity.REAL, "aws:scheduler/schedule:Schedule", SCHEDULE_NOTE)
def schedule(world: "World", name: str, inputs: Inputs) -> Made:
    physical = str(inputs.get("name", name))
    if declared := Schedule.of(inputs):
        clock = world.clocks[physical] = Clock(declared, world.functions.invoke)
        clock.start()
        world.closing.callback(clock.stop)
    return physical, {"name": physical, "arn": world.arn("scheduler", f"schedule/default/{physical}")}


@REGISTRY.change("aws:scheduler/schedule:Schedule")
def change_schedule(world: "World", identity: str, old: Inputs, new: Inputs) -> dict[str, Any]:
    remove_schedule(world, identity, old)
    schedule(world, identity, new)
    return {}


@REGISTRY.remove("aws:scheduler/schedule:Schedule")
def remove_schedule(world: "World", identity: str, inputs: Inputs) -> None:
    if clock := world.clocks.pop(identity, None):
        clock.stop()


REGISTRY.keeps_nothing("aws:lambda/invocation:Invocation")
