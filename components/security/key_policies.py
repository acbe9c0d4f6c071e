"""Who may use a key besides the account's own roles: AWS's services, each for things of this account only.

In a key's policy the resource * is the key itself: https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

ENCRYPT = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*")
ALARMING = ("budgets", "cloudwatch", "events", "events.rds")


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


def alarms(account_id: pulumi.Input[str]) -> Mapping[str, Any]:
    services = [f"{service}.amazonaws.com" for service in ALARMING]
    condition = {"StringEquals": {"aws:SourceAccount": account_id}}
    return _service("Alarms", services, ("kms:Decrypt", "kms:GenerateDataKey*"), condition)


def _service(sid: str, services: list[str], actions: Sequence[str], condition: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"Service": services},
        "Action": list(actions),
        "Resource": "*",
        "Condition": condition,
    }
