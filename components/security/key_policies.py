"""Who may use a key besides the account's own roles: AWS's services, each for things of this account only.

In a key's policy the resource * is the key itself: https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

ENCRYPT = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*")
ALARMING = ("budgets", "cloudwatch", "events.rds")


def owner(account_id: pulumi.Input[str]) -> Mapping[str, Any]:
    """Without it IAM policies have no say: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html"""
    return {
        "Sid": "TheAccountsPoliciesDecide",
        "Effect": "Allow",
        "Principal": {"AWS": pulumi.Output.concat("arn:aws:iam::", account_id, ":root")},
        "Action": "kms:*",
        "Resource": "*",
    }


def log_groups(region: str, account_id: pulumi.Input[str]) -> Mapping[str, Any]:
    groups = pulumi.Output.concat("arn:aws:logs:", region, ":", account_id, ":log-group:*")
    condition = {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}}
    return _service("LogGroups", [f"logs.{region}.amazonaws.com"], ENCRYPT, condition)


def trail_statement(trail_arn: pulumi.Input[str]) -> Mapping[str, Any]:
    condition = {"StringEquals": {"aws:SourceArn": trail_arn}}
    return _service("Trail", ["cloudtrail.amazonaws.com"], ("kms:DescribeKey", "kms:GenerateDataKey*"), condition)


def alarms(account_id: pulumi.Input[str]) -> Sequence[Mapping[str, Any]]:
    """Who writes to the encrypted topic of alarms."""
    use = ("kms:Decrypt", "kms:GenerateDataKey*")
    condition = {"StringEquals": {"aws:SourceAccount": account_id}}
    return [
        _service("Alarms", [f"{service}.amazonaws.com" for service in ALARMING], use, condition),
        # EventBridge sends neither aws:SourceAccount nor aws:SourceArn to KMS for a target that is a topic; the topic's
        # own policy says whose rules may publish: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
        _service("Events", ["events.amazonaws.com"], use, {}),
    ]


def _service(sid: str, services: list[str], actions: Sequence[str], condition: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"Service": services},
        "Action": list(actions),
        "Resource": "*",
        **({"Condition": condition} if condition else {}),
    }
