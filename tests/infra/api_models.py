"""What a stack declares, held against AWS's own API models, which botocore ships.

A resource's arguments are matched to members of the operation that makes it, by name: `instanceClass` is
`DBInstanceClass`. What is matched must fit the member's type, enumeration, pattern, length and range, and a structure
must have the members that AWS requires of it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import botocore.session
from botocore.model import Shape

from cloudshelf.graph.model import Node


@dataclass(frozen=True)
class Made:
    """The operation that makes a type of resource. `names` has arguments whose member is called otherwise, None for
    arguments of the provider's own; `provided` the required members that the provider adds."""

    service: str
    operation: str
    names: Mapping[str, str | None] = field(default_factory=dict)
    provided: frozenset[str] = frozenset()


def _made(service: str, operation: str, *provided: str, **names: str | None) -> Made:
    return Made(service, operation, names, frozenset(provided))


OPERATIONS: Mapping[str, Made] = {
    "aws:accessanalyzer/analyzer:Analyzer": _made("accessanalyzer", "CreateAnalyzer"),
    "aws:acm/certificate:Certificate": _made("acm", "RequestCertificate"),
    "aws:apigateway/apiKey:ApiKey": _made("apigateway", "CreateApiKey"),
    "aws:apigateway/deployment:Deployment": _made("apigateway", "CreateDeployment", restApi="restApiId", triggers=None),
    "aws:apigateway/restApi:RestApi": _made("apigateway", "CreateRestApi", body=None),
    "aws:apigateway/stage:Stage": _made(
        "apigateway", "CreateStage", restApi="restApiId", deployment="deploymentId", accessLogSettings=None
    ),
    "aws:apigateway/usagePlan:UsagePlan": _made(
        "apigateway", "CreateUsagePlan", throttleSettings="throttle", quotaSettings="quota"
    ),
    "aws:apigateway/usagePlanKey:UsagePlanKey": _made("apigateway", "CreateUsagePlanKey"),
    "aws:backup/vault:Vault": _made(
        "backup", "CreateBackupVault", name="BackupVaultName", kmsKeyArn="EncryptionKeyArn"
    ),
    "aws:cloudtrail/trail:Trail": _made("cloudtrail", "CreateTrail"),
    "aws:cloudwatch/dashboard:Dashboard": _made("cloudwatch", "PutDashboard"),
    "aws:cloudwatch/eventRule:EventRule": _made("events", "PutRule"),
    "aws:cloudwatch/logGroup:LogGroup": _made("logs", "CreateLogGroup", name="logGroupName"),
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": _made(
        "logs",
        "PutMetricFilter",
        name="filterName",
        pattern="filterPattern",
        metricTransformation="metricTransformations",
        **{f"metricTransformation.{name}": f"metric{name.title()}" for name in ("name", "namespace", "value")},
    ),
    "aws:cloudwatch/metricAlarm:MetricAlarm": _made(
        "cloudwatch",
        "PutMetricAlarm",
        name="AlarmName",
        okActions="OKActions",
        dimensions=None,
        metricQueries="Metrics",
        metric=None,
    ),
    "aws:cloudwatch/queryDefinition:QueryDefinition": _made("logs", "PutQueryDefinition"),
    "aws:cognito/userGroup:UserGroup": _made("cognito-idp", "CreateGroup", name="GroupName"),
    "aws:cognito/userPool:UserPool": _made(
        "cognito-idp",
        "CreateUserPool",
        name="PoolName",
        passwordPolicy=None,
        accountRecoverySetting=None,
        softwareTokenMfaConfiguration=None,
    ),
    "aws:cognito/userPoolClient:UserPoolClient": _made("cognito-idp", "CreateUserPoolClient", name="ClientName"),
    "aws:dynamodb/table:Table": _made(
        "dynamodb",
        "CreateTable",
        "KeySchema",
        "Projection",
        name="TableName",
        hashKey=None,
        rangeKey=None,
        attributes="AttributeDefinitions",
        globalSecondaryIndexes=None,
    ),
    "aws:ec2/natGateway:NatGateway": _made("ec2", "CreateNatGateway"),
    "aws:ec2/route:Route": _made("ec2", "CreateRoute"),
    "aws:ec2/securityGroup:SecurityGroup": _made(
        "ec2", "CreateSecurityGroup", name="GroupName", namePrefix="GroupName"
    ),
    "aws:ec2/subnet:Subnet": _made("ec2", "CreateSubnet"),
    "aws:ec2/vpc:Vpc": _made("ec2", "CreateVpc"),
    "aws:ec2/vpcEndpoint:VpcEndpoint": _made("ec2", "CreateVpcEndpoint", policy="PolicyDocument"),
    "aws:guardduty/detector:Detector": _made("guardduty", "CreateDetector"),
    "aws:iam/role:Role": _made(
        "iam",
        "CreateRole",
        "RoleName",
        name="RoleName",
        assumeRolePolicy="AssumeRolePolicyDocument",
        namePrefix="RoleName",
    ),
    "aws:iam/rolePolicy:RolePolicy": _made(
        "iam", "PutRolePolicy", "PolicyName", role="RoleName", policy="PolicyDocument", name="PolicyName"
    ),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": _made("iam", "AttachRolePolicy", role="RoleName"),
    "aws:kinesis/stream:Stream": _made("kinesis", "CreateStream", name="StreamName"),
    "aws:kms/alias:Alias": _made("kms", "CreateAlias", name="AliasName"),
    "aws:kms/key:Key": _made("kms", "CreateKey"),
    "aws:kms/replicaKey:ReplicaKey": _made("kms", "ReplicateKey", "ReplicaRegion", primaryKeyArn="KeyId"),
    "aws:lambda/eventSourceMapping:EventSourceMapping": _made(
        "lambda", "CreateEventSourceMapping", destinationArn="Destination"
    ),
    "aws:lambda/function:Function": _made(
        "lambda", "CreateFunction", "Code", name="FunctionName", code=None, kmsKeyArn="KMSKeyArn"
    ),
    "aws:lambda/permission:Permission": _made("lambda", "AddPermission", "StatementId", function="FunctionName"),
    "aws:rds/eventSubscription:EventSubscription": _made(
        "rds", "CreateEventSubscription", name="SubscriptionName", snsTopic="SnsTopicArn"
    ),
    "aws:rds/instance:Instance": _made(
        "rds",
        "CreateDBInstance",
        "Engine",
        identifier="DBInstanceIdentifier",
        username="MasterUsername",
        password="MasterUserPassword",
        caCertIdentifier="CACertificateIdentifier",
        backupWindow="PreferredBackupWindow",
        maintenanceWindow="PreferredMaintenanceWindow",
        parameterGroupName="DBParameterGroupName",
        performanceInsightsKmsKeyId="PerformanceInsightsKMSKeyId",
    ),
    "aws:rds/parameterGroup:ParameterGroup": _made(
        "rds",
        "ModifyDBParameterGroup",
        namePrefix="DBParameterGroupName",
        name="ParameterName",
        value="ParameterValue",
        family=None,
    ),
    "aws:rds/proxy:Proxy": _made("rds", "CreateDBProxy", name="DBProxyName"),
    "aws:rds/subnetGroup:SubnetGroup": _made(
        "rds", "CreateDBSubnetGroup", "DBSubnetGroupDescription", name="DBSubnetGroupName"
    ),
    "aws:scheduler/schedule:Schedule": _made("scheduler", "CreateSchedule"),
    "aws:sfn/stateMachine:StateMachine": _made("stepfunctions", "CreateStateMachine", loggingConfiguration=None),
    "aws:sns/topic:Topic": _made("sns", "CreateTopic"),
    "aws:sqs/queue:Queue": _made("sqs", "CreateQueue", name="QueueName"),
    "aws:ssm/parameter:Parameter": _made("ssm", "PutParameter"),
    "aws:wafv2/webAcl:WebAcl": _made("wafv2", "CreateWebACL"),
    "aws:wafv2/webAclAssociation:WebAclAssociation": _made("wafv2", "AssociateWebACL"),
    "aws:xray/group:Group": _made("xray", "CreateGroup"),
}
# Arguments of the provider's own, on any resource.
PROVIDERS_OWN = frozenset({"region", "tags", "tagsAll", "forceDestroy"})
# Kinds whose arguments the provider puts into another structure than the operation has.
UNLIKE = {
    "aws:apigateway/account:Account": "updated by patch operations",
    "aws:apigateway/methodSettings:MethodSettings": "updated by patch operations",
    "aws:backup/plan:Plan": "nested otherwise",
    "aws:backup/selection:Selection": "nested otherwise",
    "aws:budgets/budget:Budget": "nested otherwise",
    "aws:cloudwatch/eventTarget:EventTarget": "one of a list",
    "aws:cloudwatch/logDelivery:LogDelivery": "nested otherwise",
    "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": "nested otherwise",
    "aws:cloudwatch/logDeliverySource:LogDeliverySource": "nested otherwise",
    "aws:guardduty/detectorFeature:DetectorFeature": "one of a list",
    "aws:lambda/invocation:Invocation": "its payload is the function's",
    "aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup": "nested otherwise",
    "aws:rds/proxyTarget:ProxyTarget": "nested otherwise",
    "aws:sns/topicPolicy:TopicPolicy": "an attribute of another resource",
    "aws:sns/topicSubscription:TopicSubscription": "its endpoint depends on the protocol",
    "aws:sqs/queuePolicy:QueuePolicy": "an attribute of another resource",
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": "nested otherwise",
}
UNLIKE_SERVICES = ("cloudfront", "ec2", "iam", "kms", "route53", "s3", "acm", "appautoscaling", "ssm", "vpc")


def problems(node: Node) -> Iterator[str]:
    """What AWS's model says against a resource's arguments."""
    made = OPERATIONS[node.type]
    shape = _model(made.service).operation_model(made.operation).input_shape
    derived = {name for name, sources in node.property_dependencies.items() if sources}
    given = {name: value for name, value in node.inputs.items() if name not in PROVIDERS_OWN}
    yield from _Reader(made, derived).structure(given, shape, ())


@cache
def _model(service: str) -> Any:
    return botocore.session.get_session().get_service_model(service)


@dataclass(frozen=True)
class _Reader:
    made: Made
    derived: set[str]

    def structure(self, given: Mapping[str, Any], shape: Any, path: tuple[str, ...]) -> Iterator[str]:
        found = set()
        for name, value in given.items():
            member = self._member(name, shape, path)
            if value is None or member is None:
                continue
            found.add(member)
            yield from self.value(value, shape.members[member], (*path, name))
        for missing in sorted(set(shape.required_members) - found - self.made.provided):
            if found:
                yield f"{'.'.join(path) or 'it'} lacks {missing}"

    def _member(self, name: str, shape: Any, path: tuple[str, ...]) -> str | None:
        for own in (".".join([*path, name]), name):
            if own in self.made.names:
                wanted = self.made.names[own]
                return wanted if wanted in shape.members else None
        plain = {re.sub(r"[^a-z0-9]", "", each.lower()): each for each in shape.members}
        key = name.lower()
        stem = key.removesuffix("enabled")
        singular = key.removesuffix("s")
        for candidate in (
            key,
            f"{key}s",
            singular,
            f"{key}arn",
            f"{key}id",
            f"enable{stem}",
            f"db{key}",
            f"{shape.name.lower()}{key}",
        ):
            if candidate in plain:
                return plain[candidate]
        return None

    def value(self, value: Any, shape: Shape, path: tuple[str, ...]) -> Iterator[str]:
        where = ".".join(path)
        if shape.type_name == "structure":
            parts = value if isinstance(value, list) else [value]
            for part in parts[:1] if len(parts) == 1 else []:
                if isinstance(part, Mapping):
                    yield from self.structure(part, shape, path)
        elif shape.type_name == "list":
            parts = value if isinstance(value, list) else [value]
            yield from _within(len(parts), shape, f"{where} has {len(parts)} items")
            for part in parts:
                yield from self.value(part, shape.member, path)  # type: ignore[attr-defined]
        elif shape.type_name == "map" and isinstance(value, Mapping):
            yield from _within(len(value), shape, f"{where} has {len(value)} entries")
        elif shape.type_name == "string":
            yield from self._text(value, shape, path)
        elif shape.type_name in ("integer", "long", "float", "double"):
            yield from _number(value, shape, where)
        elif shape.type_name == "boolean" and not isinstance(value, bool) and value not in ("true", "false"):
            yield f"{where} is {value!r}, not true or false"

    def _text(self, value: Any, shape: Shape, path: tuple[str, ...]) -> Iterator[str]:
        where = ".".join(path)
        if path[0] in self.derived or not isinstance(value, str):
            return  # what it will be is known when the other resource is there
        choices = shape.metadata.get("enum")
        if choices and value not in choices:
            yield f"{where} is {value!r}, not one of {', '.join(choices[:12])}"
        yield from _within(len(value), shape, f"{where} has {len(value)} characters")
        pattern = shape.metadata.get("pattern")
        if pattern and not re.search(_as_python(pattern), value, re.DOTALL):
            yield f"{where} is {value[:80]!r}, which does not fit {pattern}"


def _within(size: float, shape: Shape, what: str) -> Iterator[str]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if (least is not None and size < least) or (most is not None and size > most):
        yield f"{what}: between {least} and {most} are allowed"


def _number(value: Any, shape: Shape, where: str) -> Iterator[str]:
    try:
        number = float(value)
    except (TypeError, ValueError):
        yield f"{where} is {value!r}, not a number"
        return
    yield from _within(number, shape, f"{where} is {number:g}")


CLASSES = {
    r"\p{L}": "a-zA-Z\u00c0-\uffff",
    r"\p{M}": "\u0300-\u036f",
    r"\p{S}": "$+<=>^`|~",
    r"\p{N}": "0-9",
    r"\p{P}": r"!-/:-@\[-`{-~",
    r"\p{Z}": r"\s",
    r"\p{Graph}": "!-~",
    r"\p{Print}": " -~",
    r"\p{ASCII}": r"\x00-\x7f",
    r"\p{Alnum}": "a-zA-Z0-9",
    r"\p{Alpha}": "a-zA-Z",
    r"\p{Cntrl}": r"\x00-\x1f",
    r"\p{Space}": r"\s",
    r"\z": r"\Z",
}


def _as_python(pattern: str) -> str:
    """A pattern of AWS's models, which are Java's, whole: AWS matches all of a text."""
    for java, python in CLASSES.items():
        pattern = pattern.replace(java, python)
    return f"^(?:{pattern})$"
