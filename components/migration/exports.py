"""Where exports of the source's tables are kept while they are loaded."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.grant import Grant, document
from components.private_bucket import harden, over_tls

# A move may wait for a month between export and load; then its export is out of date in any case.
KEEP_DAYS, OLD_VERSIONS_DAYS = 30, 1


@dataclass(frozen=True, kw_only=True)
class ExportsArgs:
    """`key_arn` None encrypts with S3's own key. `protect` keeps the bucket until it is empty."""

    key_arn: pulumi.Input[str] | None = None
    protect: bool


class Exports(pulumi.ComponentResource):
    """A private bucket. DynamoDB writes into it as whoever asked for the export."""

    bucket_name: pulumi.Output[str]
    arn: pulumi.Output[str]

    def __init__(self, name: str, args: ExportsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudshelf:migration:Exports", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        bucket = aws.s3.Bucket(f"{name}-bucket", force_destroy=not args.protect, opts=child)
        harden(
            name,
            bucket,
            child,
            old_versions_days=OLD_VERSIONS_DAYS,
            expire_days=KEEP_DAYS,
            key_arn=args.key_arn,
        )
        aws.s3.BucketPolicy(f"{name}-policy", bucket=bucket.bucket, policy=document([over_tls(bucket.arn)]), opts=child)
        self.bucket_name, self.arn = bucket.bucket, bucket.arn
        self.register_outputs({"bucket_name": self.bucket_name})

    def list(self) -> Grant:
        return Grant(actions=["s3:ListBucket"], resources=[self.arn])

    def read(self) -> Grant:
        return Grant(actions=["s3:GetObject"], resources=[pulumi.Output.concat(self.arn, "/*")])
