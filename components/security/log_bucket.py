"""Where AWS's services write what happened: the account's trail, and who read the site's bucket."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.account import Account
from components.grant import document
from components.private_bucket import harden, over_tls

OLD_VERSIONS_DAYS = 30


@dataclass(frozen=True, kw_only=True)
class LogBucketArgs:
    """`trail_arn` may write the account's trail."""

    account: Account
    trail_arn: pulumi.Input[str]
    retention_days: int
    protect: bool


class LogBucket(pulumi.ComponentResource):
    """Encrypted with S3's own key, the only one S3's access logs can be delivered under; a trail brings its own.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
    """

    bucket_name: pulumi.Output[str]
    policy: aws.s3.BucketPolicy

    def __init__(self, name: str, args: LogBucketArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudshelf:security:LogBucket", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        bucket = aws.s3.Bucket(
            f"{name}-bucket",
            force_destroy=not args.protect,
            opts=pulumi.ResourceOptions(parent=self, protect=args.protect),
        )
        harden(name, bucket, child, old_versions_days=OLD_VERSIONS_DAYS, expire_days=args.retention_days)
        self.policy = aws.s3.BucketPolicy(
            f"{name}-policy", bucket=bucket.bucket, policy=_policy(bucket.arn, args), opts=child
        )
        self.bucket_name, self._name = bucket.bucket, name
        self.register_outputs({"bucket_name": self.bucket_name})

    def log_access(self, name: str, bucket_name: pulumi.Input[str]) -> None:
        """Writes down who reads another bucket."""
        aws.s3.BucketLogging(
            f"{name}-access-logging",
            bucket=bucket_name,
            target_bucket=self.bucket_name,
            target_prefix=f"s3/{name}/",
            opts=pulumi.ResourceOptions(parent=self, depends_on=[self.policy]),
        )


def _policy(bucket_arn: pulumi.Output[str], args: LogBucketArgs) -> pulumi.Output[str]:
    only_the_trail = {"StringEquals": {"aws:SourceArn": args.trail_arn}}
    logs = pulumi.Output.concat(bucket_arn, "/AWSLogs/", args.account.id, "/*")
    return document(
        [
            _allow("cloudtrail.amazonaws.com", "s3:GetBucketAcl", bucket_arn, only_the_trail),
            _allow("cloudtrail.amazonaws.com", "s3:PutObject", logs, only_the_trail),
            _allow(
                "logging.s3.amazonaws.com",
                "s3:PutObject",
                pulumi.Output.concat(bucket_arn, "/s3/*"),
                {"StringEquals": {"aws:SourceAccount": args.account.id}},
            ),
            over_tls(bucket_arn),
        ]
    )


def _allow(service: str, action: str, resource: pulumi.Input[str], condition: object) -> dict[str, object]:
    return {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": action,
        "Resource": resource,
        "Condition": condition,
    }
