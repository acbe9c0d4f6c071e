"""GuardDuty: threats found in the account, told to the alarm topic."""

import json
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.alarms import Alarm
from components.grant import document

FEATURES = ("S3_DATA_EVENTS", "RDS_LOGIN_EVENTS", "LAMBDA_NETWORK_LOGS")
# https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings-severity.html: 4 and up is medium
LEAST_SEVERITY = 4
TWO_WEEKS_S = 1_209_600


@dataclass(frozen=True, kw_only=True)
class ThreatDetectionArgs:
    """`create` False relies on a detector the region has: there can be one."""

    prefix: str
    create: bool
    topic_arn: pulumi.Input[str]


class ThreatDetection(pulumi.ComponentResource):
    """A finding that cannot be told waits in a queue for two weeks. Destroying leaves the detector on."""

    def __init__(self, name: str, args: ThreatDetectionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudshelf:security:ThreatDetection", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        if args.create:
            self._detector(name)
        rule = aws.cloudwatch.EventRule(
            f"{name}-findings",
            name=f"{args.prefix}-threats",
            description="GuardDuty found something of medium severity or worse",
            event_pattern=json.dumps(
                {
                    "source": ["aws.guardduty"],
                    "detail-type": ["GuardDuty Finding"],
                    "detail": {"severity": [{"numeric": [">=", LEAST_SEVERITY]}]},
                }
            ),
            opts=child,
        )
        untold = aws.sqs.Queue(
            f"{name}-untold",
            name=_untold(args.prefix),
            message_retention_seconds=TWO_WEEKS_S,
            sqs_managed_sse_enabled=True,
            opts=child,
        )
        aws.sqs.QueuePolicy(
            f"{name}-untold-policy", queue_url=untold.url, policy=_queue_policy(untold.arn, rule.arn), opts=child
        )
        aws.cloudwatch.EventTarget(
            f"{name}-to-topic",
            rule=rule.name,
            arn=args.topic_arn,
            dead_letter_config={"arn": untold.arn},
            opts=child,
        )
        self.register_outputs({})

    def _detector(self, name: str) -> None:
        kept = pulumi.ResourceOptions(parent=self, retain_on_delete=True)
        detector = aws.guardduty.Detector(
            f"{name}-detector", enable=True, finding_publishing_frequency="FIFTEEN_MINUTES", opts=kept
        )
        for feature in FEATURES:
            aws.guardduty.DetectorFeature(
                f"{name}-{feature.lower().replace('_', '-')}",
                detector_id=detector.id,
                name=feature,
                status="ENABLED",
                opts=kept,
            )


def untold_alarm(prefix: str) -> Alarm:
    """A finding waits that could not be told."""
    return Alarm(
        name="threats-untold",
        description="GuardDuty found something and the alarm topic did not take it: read the queue of untold threats.",
        namespace="AWS/SQS",
        metric="ApproximateNumberOfMessagesVisible",
        statistic="Maximum",
        threshold=0,
        dimensions={"QueueName": _untold(prefix)},
    )


def _untold(prefix: str) -> str:
    return f"{prefix}-untold-threats"


def _queue_policy(queue_arn: pulumi.Input[str], rule_arn: pulumi.Input[str]) -> pulumi.Output[str]:
    return document(
        [
            {
                "Effect": "Allow",
                "Principal": {"Service": "events.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": queue_arn,
                "Condition": {"ArnEquals": {"aws:SourceArn": rule_arn}},
            },
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "sqs:*",
                "Resource": queue_arn,
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            },
        ]
    )
