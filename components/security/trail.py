"""CloudTrail: who changed what in the account, in every region."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.grant import Grant, policy_document, trust_policy
from components.security.log_bucket import LogBucket


@dataclass(frozen=True, kw_only=True)
class TrailArgs:
    """`key_arn` is a key that CloudTrail and CloudWatch Logs may use."""

    trail_name: str
    bucket: LogBucket
    key_arn: pulumi.Input[str]
    log_retention_days: int


class Trail(pulumi.ComponentResource):
    """Files that someone changed later are found out by their digests."""

    def __init__(self, name: str, args: TrailArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudshelf:security:Trail", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        group = aws.cloudwatch.LogGroup(
            f"{name}-logs",
            name=f"/aws/cloudtrail/{args.trail_name}",
            retention_in_days=args.log_retention_days,
            kms_key_id=args.key_arn,
            opts=child,
        )
        streams = pulumi.Output.concat(group.arn, ":*")
        role = aws.iam.Role(
            f"{name}-role",
            name=f"{args.trail_name}-trail",
            assume_role_policy=trust_policy("cloudtrail.amazonaws.com"),
            opts=child,
        )
        write = Grant(actions=["logs:CreateLogStream", "logs:PutLogEvents"], resources=[streams])
        policy = aws.iam.RolePolicy(f"{name}-policy", role=role.name, policy=policy_document([write]), opts=child)
        aws.cloudtrail.Trail(
            f"{name}-trail",
            name=args.trail_name,
            s3_bucket_name=args.bucket.bucket_name,
            is_multi_region_trail=True,
            include_global_service_events=True,
            enable_logging=True,
            enable_log_file_validation=True,
            kms_key_id=args.key_arn,
            cloud_watch_logs_group_arn=streams,
            cloud_watch_logs_role_arn=role.arn,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[args.bucket.policy, policy]),
        )
        self.register_outputs({})
