"""CloudFront's real-time log: each request within seconds, in a Kinesis stream."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.delivery.domain import CLOUDFRONT_REGION
from components.grant import Grant, policy_document, trust_policy

EVERY_REQUEST_PERCENT = 100
FIELDS = (
    "timestamp",
    "c-ip",
    "sc-status",
    "cs-method",
    "cs-host",
    "cs-uri-stem",
    "time-taken",
    "time-to-first-byte",
    "x-edge-location",
    "x-edge-result-type",
    "x-edge-request-id",
    "c-country",
)


@dataclass(frozen=True, kw_only=True)
class RealtimeLogsArgs:
    """`key_arn` is a key of CloudFront's region."""

    prefix: str
    key_arn: pulumi.Input[str]


class RealtimeLogs(pulumi.ComponentResource):
    """`arn` is what a cache behaviour is told. Query strings and cookies are left out."""

    arn: pulumi.Output[str]

    def __init__(self, name: str, args: RealtimeLogsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudshelf:delivery:RealtimeLogs", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        stream = aws.kinesis.Stream(
            f"{name}-stream",
            region=CLOUDFRONT_REGION,
            name=f"{args.prefix}-requests",
            stream_mode_details={"stream_mode": "ON_DEMAND"},
            encryption_type="KMS",
            kms_key_id=args.key_arn,
            opts=child,
        )
        role = aws.iam.Role(
            f"{name}-role",
            name=f"{args.prefix}-realtime-logs",
            assume_role_policy=trust_policy("cloudfront.amazonaws.com"),
            opts=child,
        )
        write = Grant(
            actions=[
                "kinesis:DescribeStream",
                "kinesis:DescribeStreamSummary",
                "kinesis:PutRecord",
                "kinesis:PutRecords",
            ],
            resources=[stream.arn],
        )
        encrypt = Grant(actions=["kms:GenerateDataKey"], resources=[args.key_arn])
        policy = aws.iam.RolePolicy(
            f"{name}-policy", role=role.name, policy=policy_document([write, encrypt]), opts=child
        )
        config = aws.cloudfront.RealtimeLogConfig(
            f"{name}-config",
            name=f"{args.prefix}-requests",
            sampling_rate=EVERY_REQUEST_PERCENT,
            fields=list(FIELDS),
            endpoint={
                "stream_type": "Kinesis",
                "kinesis_stream_config": {"role_arn": role.arn, "stream_arn": stream.arn},
            },
            opts=pulumi.ResourceOptions(parent=self, depends_on=[policy]),
        )
        self.arn = config.arn
        self.register_outputs({"arn": self.arn})
