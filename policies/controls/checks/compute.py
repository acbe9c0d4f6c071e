"""Lambda functions: where they run, what bounds them, where their failures go."""

from collections.abc import Iterator

from .. import tokens
from ..control import Violation, violation
from ..rules import alone, among
from ..stack import ENHANCED, Resource, Stack

# https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
RESERVED = frozenset(
    {
        "_HANDLER",
        "_X_AMZN_TRACE_ID",
        "AWS_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_DEFAULT_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_LAMBDA_RUNTIME_API",
        "AWS_REGION",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "LAMBDA_RUNTIME_DIR",
        "LAMBDA_TASK_ROOT",
        "TZ",
    }
)
RUNTIMES = ("python3.12", "python3.13", "python3.14")
# API Gateway gives up after 29 seconds.
LEAST_TIMEOUT_S, MOST_TIMEOUT_S = 5, 25
# Three quarters of what PostgreSQL takes on so much memory; an execution environment holds one connection.
MOST_CONNECTIONS = {"micro": 60, "small": 120, "medium": 240}
MOST_CONNECTIONS_ELSE = 480


def is_relational(function: Resource) -> bool:
    return function.get("environment.variables.DATABASE_HOST") is not None


def serves_requests(function: Resource, stack: Stack) -> bool:
    permissions = stack.users(function, tokens.PERMISSION, "function")
    return any(permission.get("principal") == "apigateway.amazonaws.com" for permission in permissions)


@alone
def free_names(function: Resource) -> Iterator[str]:
    variables = function.get("environment.variables") or {}
    for name in sorted(RESERVED & set(variables)):
        yield f"environment.variables.{name} is Lambda's own: leave it out, or the function cannot be created"


@among
def in_its_place(function: Resource, stack: Stack) -> Iterator[str]:
    subnets, groups = function.items("vpcConfig.subnetIds"), function.items("vpcConfig.securityGroupIds")
    if stack.phase == ENHANCED and not is_relational(function):
        if subnets:
            yield "vpcConfig is set although it needs no PostgreSQL: there it would reach neither DynamoDB nor Lambda"
    elif not (subnets and groups):
        yield "vpcConfig is not set: it could not reach PostgreSQL"


@among
def in_two_zones(function: Resource, stack: Stack) -> Iterator[str]:
    zones = {subnet.get("availabilityZone") for subnet in stack.sources(function, "vpcConfig", tokens.SUBNET)}
    if len(function.items("vpcConfig.subnetIds")) < 2 or len(zones) == 1:
        yield "vpcConfig.subnetIds are in one zone: name one more"


def connections_bounded(stack: Stack) -> Iterator[Violation]:
    functions = [function for function in stack.of(tokens.FUNCTION) if is_relational(function)]
    reserved = [int(function.get("reservedConcurrentExecutions", 0)) for function in functions]
    for function, number in zip(functions, reserved, strict=True):
        if number < 1 and serves_requests(function, stack):
            yield violation(function, "reservedConcurrentExecutions is not set: nothing bounds its connections")
    for database in stack.of(tokens.DATABASE):
        size = str(database.get("instanceClass")).rpartition(".")[2]
        most = MOST_CONNECTIONS.get(size, MOST_CONNECTIONS_ELSE)
        if sum(reserved) > most:
            yield violation(database, f"functions may open {sum(reserved)} connections: reserve {most} at most")


def failures_kept(stack: Stack) -> Iterator[Violation]:
    """Of functions that nobody waits for."""
    for target in stack.of(tokens.EVENT_TARGET, tokens.BUCKET_NOTIFICATION, tokens.SUBSCRIPTION):
        for prop in target.sources:
            for function in stack.sources(target, prop, tokens.FUNCTION):
                configured = stack.users(function, tokens.EVENT_INVOKE, "functionName")
                kept = any(each.get("destinationConfig.onFailure.destination") for each in configured)
                if not kept and not function.get("deadLetterConfig.targetArn"):
                    yield violation(function, "it is called asynchronously and its failures go nowhere: add a queue")


@alone
def batches_survive(mapping: Resource) -> Iterator[str]:
    if "ReportBatchItemFailures" not in mapping.items("functionResponseTypes"):
        yield "functionResponseTypes lacks ReportBatchItemFailures: one bad record would repeat the whole batch"
    if mapping.get("startingPosition") and not mapping.get("bisectBatchOnFunctionError"):
        yield "bisectBatchOnFunctionError is not set: one bad record would hold up the stream"
    if mapping.get("startingPosition") and not mapping.get("destinationConfig.onFailure.destinationArn"):
        yield "destinationConfig is not set: what cannot be processed would be lost"


@among
def answers_in_time(function: Resource, stack: Stack) -> Iterator[str]:
    timeout = function.get("timeout")
    if timeout is None or function.get("memorySize") is None:
        yield "timeout or memorySize is left to Lambda's default: set both"
    elif serves_requests(function, stack) and not LEAST_TIMEOUT_S <= timeout <= MOST_TIMEOUT_S:
        yield f"timeout is {timeout}: set it to {LEAST_TIMEOUT_S} to {MOST_TIMEOUT_S}, API Gateway waits for 29 s"
