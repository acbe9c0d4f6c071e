"""What every bucket has: nobody from outside, encryption, versions, and an end for what is old."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws

UNFINISHED_UPLOAD_DAYS = 7


def harden(
    name: str,
    bucket: aws.s3.Bucket,
    opts: pulumi.ResourceOptions,
    *,
    old_versions_days: int,
    expire_days: int | None = None,
    key_arn: pulumi.Input[str] | None = None,
) -> None:
    """Declares the bucket's settings. `expire_days` None keeps objects; `key_arn` None encrypts with S3's own key."""
    aws.s3.BucketPublicAccessBlock(
        f"{name}-private",
        bucket=bucket.bucket,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
        opts=opts,
    )
    ownership: aws.s3.BucketOwnershipControlsRuleArgsDict = {"object_ownership": "BucketOwnerEnforced"}
    aws.s3.BucketOwnershipControls(f"{name}-ownership", bucket=bucket.bucket, rule=ownership, opts=opts)
    aws.s3.BucketServerSideEncryptionConfiguration(
        f"{name}-encryption", bucket=bucket.bucket, rules=[_encryption(key_arn)], opts=opts
    )
    versioning = aws.s3.BucketVersioning(
        f"{name}-versions", bucket=bucket.bucket, versioning_configuration={"status": "Enabled"}, opts=opts
    )
    aws.s3.BucketLifecycleConfiguration(
        f"{name}-lifecycle",
        bucket=bucket.bucket,
        rules=[_lifecycle(old_versions_days, expire_days)],
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[versioning])),
    )


def over_tls(bucket_arn: pulumi.Input[str]) -> Mapping[str, Any]:
    """The statement of a bucket's policy that refuses requests without TLS."""
    return {
        "Sid": "OnlyOverTls",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [bucket_arn, pulumi.Output.concat(bucket_arn, "/*")],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def _encryption(
    key_arn: pulumi.Input[str] | None,
) -> aws.s3.BucketServerSideEncryptionConfigurationRuleArgsDict:
    if key_arn is None:
        return {"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}
    return {
        "apply_server_side_encryption_by_default": {"sse_algorithm": "aws:kms", "kms_master_key_id": key_arn},
        "bucket_key_enabled": True,
    }


def _lifecycle(old_versions_days: int, expire_days: int | None) -> aws.s3.BucketLifecycleConfigurationRuleArgsDict:
    rule: aws.s3.BucketLifecycleConfigurationRuleArgsDict = {
        "id": "forget-old-versions",
        "status": "Enabled",
        "filter": {"prefix": ""},
        "noncurrent_version_expiration": {"noncurrent_days": old_versions_days},
        "abort_incomplete_multipart_upload": {"days_after_initiation": UNFINISHED_UPLOAD_DAYS},
    }
    return {**rule, "expiration": {"days": expire_days}} if expire_days else rule
