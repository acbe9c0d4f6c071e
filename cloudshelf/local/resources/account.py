"""IAM as functions meet it; logs, alarms, audit and budgets: declared, without effect on this machine."""

import secrets
import uuid
from typing import TYPE_CHECKING

from cloudshelf.local.metrics.filters import MetricFilter
from cloudshelf.local.resources.registry import REGISTRY, Fidelity, Inputs, Made

if TYPE_CHECKING:
    from cloudshelf.local.world import World

LOG_NOTE = "logs are files under .local/, until the next start"
ROLE_NOTE = (
    "what a function's role does not allow is refused: DynamoDB, Parameter Store, reading S3, invoking functions, "
    "database logins; "
    "other services are refused altogether"
)
OTHERS_NOTE = "nobody records, backs up or watches anything here"


@REGISTRY.make(Fidelity.ENFORCED, "aws:iam/role:Role", ROLE_NOTE)
def role(world: "World", name: str, inputs: Inputs) -> Made:
    role_name = inputs.get("name") or f"{name}-{secrets.token_hex(4)}"
    return role_name, {"name": role_name, "arn": world.arn("iam", f"role/{role_name}", region="")}


@REGISTRY.make(Fidelity.ENFORCED, "aws:iam/rolePolicy:RolePolicy", ROLE_NOTE)
def role_policy(world: "World", name: str, inputs: Inputs) -> Made:
    role_name = str(inputs["role"]).rpartition("/")[2]
    world.iam.attach(role_name, inputs["policy"])
    return f"{role_name}:{inputs.get('name', name)}", {"name": inputs.get("name", name)}


@REGISTRY.remove("aws:iam/rolePolicy:RolePolicy", remade=True)
def remove_role_policy(world: "World", identity: str, inputs: Inputs) -> None:
    world.iam.detach(str(inputs["role"]).rpartition("/")[2], inputs["policy"])


@REGISTRY.make(Fidelity.NO_EFFECT, "aws:cloudwatch/logGroup:LogGroup", LOG_NOTE)
def log_group(world: "World", name: str, inputs: Inputs) -> Made:
    group = inputs.get("name", name)
    return group, {"name": group, "arn": world.arn("logs", f"log-group:{group}")}


@REGISTRY.make(
    Fidelity.REAL, "aws:cloudwatch/logMetricFilter:LogMetricFilter", "lines of the API's access log are counted"
)
def metric_filter(world: "World", name: str, inputs: Inputs) -> Made:
    world.metric_filters.setdefault(inputs["logGroupName"], []).append(MetricFilter.of(inputs))
    physical = inputs.get("name", name)
    return physical, {"name": physical}


@REGISTRY.remove("aws:cloudwatch/logMetricFilter:LogMetricFilter", remade=True)
def remove_metric_filter(world: "World", identity: str, inputs: Inputs) -> None:
    world.metric_filters[inputs["logGroupName"]].remove(MetricFilter.of(inputs))


@REGISTRY.make(Fidelity.NO_EFFECT, "aws:sns/topic:Topic", "alarms are judged at /_local/, nothing is sent")
def topic(world: "World", name: str, inputs: Inputs) -> Made:
    topic_name = inputs.get("name", name)
    arn = world.arn("sns", topic_name)
    return arn, {"name": topic_name, "arn": arn}


@REGISTRY.make(Fidelity.NO_EFFECT, "aws:sqs/queue:Queue", OTHERS_NOTE)
def queue(world: "World", name: str, inputs: Inputs) -> Made:
    queue_name = inputs.get("name", name)
    url = f"https://sqs.{world.region}.amazonaws.com/{world.account_id}/{queue_name}"
    return url, {"name": queue_name, "arn": world.arn("sqs", queue_name), "url": url}


@REGISTRY.make(Fidelity.NO_EFFECT, "aws:acm/certificate:Certificate", "there is no TLS before the shop here")
def certificate(world: "World", name: str, inputs: Inputs) -> Made:
    arn = world.arn("acm", f"certificate/{uuid.uuid4()}", region="us-east-1")
    proof = {"resourceRecordName": "_proof", "resourceRecordType": "CNAME", "resourceRecordValue": "_proof"}
    return arn, {"arn": arn, "domainValidationOptions": [proof]}


REGISTRY.keeps_nothing(
    "aws:iam/role:Role",
    "aws:cloudwatch/logGroup:LogGroup",
    "aws:sns/topic:Topic",
    "aws:sqs/queue:Queue",
    "aws:acm/certificate:Certificate",
)
REGISTRY.no_effect("AWS's own policies are not looked into", "aws:iam/rolePolicyAttachment:RolePolicyAttachment")
REGISTRY.no_effect(
    "alarms are judged at /_local/, nothing is sent",
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    "aws:sns/topicPolicy:TopicPolicy",
    "aws:sns/topicSubscription:TopicSubscription",
)
REGISTRY.no_effect("nothing costs anything here", "aws:budgets/budget:Budget")
REGISTRY.no_effect(
    "there is no firewall here: no request is counted or looked into",
    "aws:wafv2/webAcl:WebAcl",
    "aws:wafv2/webAclAssociation:WebAclAssociation",
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
)
REGISTRY.no_effect(
    "the shop is at 127.0.0.1 alone",
    "aws:acm/certificateValidation:CertificateValidation",
    "aws:route53/record:Record",
)
REGISTRY.no_effect(
    "`cloudshelf migrate` gives the function an export file after the other, as the state machine does on AWS",
    "aws:sfn/stateMachine:StateMachine",
)
REGISTRY.no_effect(
    OTHERS_NOTE,
    "aws:accessanalyzer/analyzer:Analyzer",
    "aws:backup/plan:Plan",
    "aws:backup/selection:Selection",
    "aws:backup/vault:Vault",
    "aws:cloudtrail/trail:Trail",
    "aws:cloudwatch/dashboard:Dashboard",
    "aws:cloudwatch/eventRule:EventRule",
    "aws:cloudwatch/eventTarget:EventTarget",
    "aws:cloudwatch/logDelivery:LogDelivery",
    "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination",
    "aws:cloudwatch/logDeliverySource:LogDeliverySource",
    "aws:cloudwatch/queryDefinition:QueryDefinition",
    "aws:ec2/flowLog:FlowLog",
    "aws:guardduty/detector:Detector",
    "aws:guardduty/detectorFeature:DetectorFeature",
    "aws:kinesis/stream:Stream",
    "aws:sqs/queuePolicy:QueuePolicy",
    "aws:xray/group:Group",
)
