"""IAM, logs, alarms and budgets: declared, without effect on this machine."""

import secrets
from typing import TYPE_CHECKING

from cloudshelf.local.resources.registry import REGISTRY, Fidelity, Inputs, Made

if TYPE_CHECKING:
    from cloudshelf.local.world import World

LOG_NOTE = "logs are files under .local/, until the next start"
ROLE_NOTE = "roles and policies are not enforced: tests compare them with the calls each function makes"


@REGISTRY.make(Fidelity.NO_EFFECT, "aws:iam/role:Role", ROLE_NOTE)
def role(world: "World", name: str, inputs: Inputs) -> Made:
    role_name = inputs.get("name") or f"{name}-{secrets.token_hex(4)}"
    return role_name, {"name": role_name, "arn": world.arn("iam", f"role/{role_name}", region="")}


@REGISTRY.make(Fidelity.NO_EFFECT, "aws:cloudwatch/logGroup:LogGroup", LOG_NOTE)
def log_group(world: "World", name: str, inputs: Inputs) -> Made:
    group = inputs.get("name", name)
    return group, {"name": group, "arn": world.arn("logs", f"log-group:{group}")}


@REGISTRY.make(Fidelity.NO_EFFECT, "aws:sns/topic:Topic", "no alarm fires here, nothing is sent")
def topic(world: "World", name: str, inputs: Inputs) -> Made:
    topic_name = inputs.get("name", name)
    arn = world.arn("sns", topic_name)
    return arn, {"name": topic_name, "arn": arn}


REGISTRY.no_effect(ROLE_NOTE, "aws:iam/rolePolicy:RolePolicy", "aws:iam/rolePolicyAttachment:RolePolicyAttachment")
REGISTRY.no_effect(
    "no alarm fires here, nothing is sent",
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    "aws:sns/topicPolicy:TopicPolicy",
    "aws:sns/topicSubscription:TopicSubscription",
)
REGISTRY.no_effect("nothing costs anything here", "aws:budgets/budget:Budget")
