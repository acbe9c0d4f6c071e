"""What a bucket's policy lets whom do."""

from collections.abc import Iterator

from .. import tokens
from ..control import Violation, violation
from ..documents import statements
from ..rules import alone, among
from ..stack import Resource, Stack

LONGEST_UPLOAD_DAYS = 7
MONTH_DAYS = 31


@alone
def plain_http_denied(policy: Resource) -> Iterator[str]:
    for statement in statements(policy):
        plain = any(key == "aws:securetransport" and values == ["false"] for _, key, values in statement.conditions())
        if statement.denies_all("s3:*") and plain and len(statement.resources) == 2:
            return
    yield "policy does not deny s3:* on bucket and objects where aws:SecureTransport is false: add the statement"


@alone
def strangers_out(policy: Resource) -> Iterator[str]:
    for statement in statements(policy):
        if not statement.allows:
            continue
        if statement.anybody:
            yield "policy lets anybody in: name the principal"
        if "cloudfront.amazonaws.com" in statement.principals("Service"):
            if not statement.conditioned_on("aws:sourcearn"):
                yield "policy lets every distribution of CloudFront in: condition it on AWS:SourceArn"
            if statement.actions != ["s3:GetObject"]:
                yield "policy lets CloudFront do more than s3:GetObject"
        elif not statement.conditioned_on("aws:sourcearn", "aws:sourceaccount"):
            yield "policy lets a service act for any account: condition it on aws:SourceArn or aws:SourceAccount"


@alone
def forgotten(lifecycle: Resource) -> Iterator[str]:
    rules = [rule for rule in lifecycle.items("rules") if rule.get("status") == "Enabled"]
    uploads = [rule.get("abortIncompleteMultipartUpload") or {} for rule in rules]
    if not any(0 < int(each.get("daysAfterInitiation", 0)) <= LONGEST_UPLOAD_DAYS for each in uploads):
        yield f"rules abort no unfinished upload within {LONGEST_UPLOAD_DAYS} days"
    if not any(rule.get("noncurrentVersionExpiration") for rule in rules):
        yield "rules keep old versions forever: add noncurrentVersionExpiration"


@among
def encrypted_with_own_key(bucket: Resource, stack: Stack) -> Iterator[str]:
    for encryption in stack.users(bucket, tokens.BUCKET_ENCRYPTION, "bucket"):
        default = encryption.get("rules.0.applyServerSideEncryptionByDefault") or {}
        if default.get("sseAlgorithm") != "aws:kms" or not default.get("kmsMasterKeyId"):
            yield f"{encryption.name} does not encrypt with a customer-managed key"
        elif not encryption.get("rules.0.bucketKeyEnabled"):
            yield f"{encryption.name} asks KMS for every object: set bucketKeyEnabled"


def is_log_bucket(bucket: Resource, stack: Stack) -> bool:
    return bool(
        stack.users(bucket, tokens.BUCKET_LOGGING, "targetBucket") or stack.users(bucket, tokens.TRAIL, "s3BucketName")
    )


def log_buckets_have_own_key(stack: Stack) -> Iterator[Violation]:
    for bucket in stack.of(tokens.BUCKET):
        if is_log_bucket(bucket, stack):
            yield from (violation(bucket, fix) for fix in encrypted_with_own_key.look(bucket, stack))


def access_logged(stack: Stack) -> Iterator[Violation]:
    """Each bucket but those that take logs: those would log their own logging."""
    for bucket in stack.of(tokens.BUCKET):
        if is_log_bucket(bucket, stack):
            continue
        targets = [
            target
            for logging in stack.users(bucket, tokens.BUCKET_LOGGING, "bucket")
            for target in stack.sources(logging, "targetBucket", tokens.BUCKET)
        ]
        if not targets or bucket in targets:
            yield violation(bucket, "its access log goes to no other bucket: add BucketLogging")


def originals_protected(stack: Stack) -> Iterator[Violation]:
    """What the program did not upload itself cannot be had again. What goes within a month is a copy."""
    for bucket in stack.of(tokens.BUCKET):
        uploaded = stack.users(bucket, tokens.BUCKET_OBJECT, "bucket")
        if not uploaded and not bucket.protected and not _passing(bucket, stack):
            yield violation(bucket, "its objects are nowhere else and it is not protected: give it the option protect")


def _passing(bucket: Resource, stack: Stack) -> bool:
    lifecycles = stack.users(bucket, tokens.BUCKET_LIFECYCLE, "bucket")
    rules = [rule for each in lifecycles for rule in each.items("rules") if rule.get("status") == "Enabled"]
    return any(0 < int((rule.get("expiration") or {}).get("days", 0)) <= MONTH_DAYS for rule in rules)


def trail_alone_writes(stack: Stack) -> Iterator[Violation]:
    for trail in stack.of(tokens.TRAIL):
        buckets = stack.sources(trail, "s3BucketName", tokens.BUCKET)
        if not buckets:
            yield violation(trail, "s3BucketName is no bucket of this stack: add one")
        for bucket in buckets:
            for policy in stack.users(bucket, tokens.BUCKET_POLICY, "bucket"):
                for statement in statements(policy):
                    if "cloudtrail.amazonaws.com" in statement.principals("Service") and not statement.conditioned_on(
                        "aws:sourcearn"
                    ):
                        yield violation(policy, "policy lets any trail write: condition it on aws:SourceArn")
            if not stack.users(bucket, tokens.PUBLIC_ACCESS_BLOCK, "bucket"):
                yield violation(bucket, "the trail's bucket has no public access block: add one")
