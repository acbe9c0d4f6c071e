"""What roles may do, and who may take them on."""

from collections.abc import Iterator

from .. import tokens
from ..control import Violation, violation
from ..documents import permissions, statements
from ..rules import alone
from ..stack import Resource, Stack

# Actions AWS knows no resource for: the service authorization reference of each service has none in their row.
UNSCOPABLE = frozenset(
    {
        "ec2:AssignPrivateIpAddresses",
        "ec2:CreateNetworkInterface",
        "ec2:DeleteNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSubnets",
        "ec2:UnassignPrivateIpAddresses",
        "logs:CreateLogDelivery",
        "logs:DeleteLogDelivery",
        "logs:DescribeLogGroups",
        "logs:DescribeResourcePolicies",
        "logs:GetLogDelivery",
        "logs:ListLogDeliveries",
        "logs:PutResourcePolicy",
        "logs:UpdateLogDelivery",
        "xray:GetSamplingRules",
        "xray:GetSamplingTargets",
        "xray:PutTelemetryRecords",
        "xray:PutTraceSegments",
    }
)
# Whoever may do one of these may soon do anything.
ESCALATING = (
    "iam:",
    "lambda:addpermission",
    "lambda:createfunction",
    "lambda:updatefunction",
    "organizations:",
    "sts:assumerole",
)
LEAKING = ("s3:putbucketpolicy", "rds:modifydb", "rds:createdbsnapshot", "ec2:createsnapshot", "kms:putkeypolicy")
MANAGED = frozenset(
    {
        "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs",
        "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole",
        "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup",
        "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForRestores",
    }
)
TRUSTED = frozenset(
    {
        "apigateway.amazonaws.com",
        "backup.amazonaws.com",
        "cloudfront.amazonaws.com",
        "cloudtrail.amazonaws.com",
        "lambda.amazonaws.com",
        "monitoring.rds.amazonaws.com",
        "rds.amazonaws.com",
        "scheduler.amazonaws.com",
        "states.amazonaws.com",
        "vpc-flow-logs.amazonaws.com",
    }
)
# Services that act for whoever asks, and say for which account.
DEPUTIES = frozenset(
    {
        "backup.amazonaws.com",
        "monitoring.rds.amazonaws.com",
        "scheduler.amazonaws.com",
        "states.amazonaws.com",
        "vpc-flow-logs.amazonaws.com",
    }
)
WRITING = ("dynamodb:Put", "dynamodb:Update", "dynamodb:Delete", "dynamodb:BatchWrite", "dynamodb:TransactWrite")
READ_ONLY = "books"


def least_privilege(stack: Stack) -> Iterator[Violation]:
    for resource, statement in permissions(stack):
        if not statement.allows:
            continue
        for action in statement.actions:
            if action.partition(":")[2] in ("", "*"):
                yield violation(resource, f"it allows {action}: name the actions")
            elif "*" in statement.resources and action not in UNSCOPABLE:
                yield violation(resource, f"it allows {action} on everything: name the resources")


def no_ladder(stack: Stack) -> Iterator[Violation]:
    """Nothing a role may do gets it more than it may do."""
    for resource, statement in permissions(stack):
        for action in statement.actions if statement.allows else ():
            if action.lower().startswith(ESCALATING):
                yield violation(resource, f"it allows {action}, by which it could allow itself more: remove it")
            if action.lower().startswith(LEAKING):
                yield violation(resource, f"it allows {action}, by which data could leave the account: remove it")


def decrypts_by_name(stack: Stack) -> Iterator[Violation]:
    for resource, statement in permissions(stack):
        decrypts = any(action.lower() in ("kms:decrypt", "kms:*", "kms:reencrypt*") for action in statement.actions)
        if statement.allows and decrypts and any(each in ("*", "arn:aws:kms:*") for each in statement.resources):
            yield violation(resource, "it decrypts with every key: name the key")


def reads_one_parameter(stack: Stack) -> Iterator[Violation]:
    for resource, statement in permissions(stack):
        if not statement.allows:
            continue
        reads = any(action.startswith("ssm:GetParameter") for action in statement.actions)
        if reads and any("*" in each for each in statement.resources):
            yield violation(resource, "it reads more than one parameter: name its ARN")
        if "kms:Decrypt" in statement.actions and not statement.conditioned_on(
            "kms:encryptioncontext:parameter_arn", "kms:viaservice"
        ):
            yield violation(resource, "it decrypts anything under the key: condition it on PARAMETER_ARN or ViaService")


def a_role_each(stack: Stack) -> Iterator[Violation]:
    taken: dict[str, str] = {}
    for function in stack.of(tokens.FUNCTION):
        roles = stack.sources(function, "role", tokens.ROLE)
        if not roles:
            yield violation(function, "role is no role of this stack: declare one")
        for role in roles:
            if role.urn in taken:
                yield violation(function, f"it shares its role with {taken[role.urn]}: declare one for it")
            taken[role.urn] = function.name


def catalogue_read_only(stack: Stack) -> Iterator[Violation]:
    """What anybody may call writes nothing."""
    for resource, statement in permissions(stack):
        if resource.name.startswith(READ_ONLY) and statement.allows:
            for action in statement.actions:
                if action.startswith(WRITING):
                    yield violation(resource, f"it allows {action}: anyone may call this function, let it only read")


@alone
def trusts_a_service(role: Resource) -> Iterator[str]:
    for statement in statements(role, "assumeRolePolicy"):
        services, others = statement.principals("Service"), statement.principals("AWS")
        if statement.anybody or others:
            yield f"{', '.join(others) or 'anybody'} may take it on: name a service"
        for service in services:
            if service not in TRUSTED:
                yield f"{service} may take it on: no part of CloudShelf needs that"
            if service in DEPUTIES and not statement.conditioned_on("aws:sourceaccount", "aws:sourcearn"):
                yield f"{service} may take it on for another account: condition it on aws:SourceAccount"
        if statement.principals("Federated") and not any("sub" in key for _, key, _ in statement.conditions()):
            yield "any workflow of the identity provider may take it on: condition it on the subject"
