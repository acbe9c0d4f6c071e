"""S3, who gets at objects: rows 31 to 35, 38 and 39."""

from datetime import date

from .. import tokens
from ..checks import buckets
from ..control import Control, Waiver
from ..mutants import GONE, Flip, Insert, Lose
from ..rules import absent, accompanied, across, each, equals, given
from ..stack import ENHANCED, PHASE1, PHASE2, PHASES

BLOCKS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")

ROWS = (
    Control(
        id=31,
        title="No bucket can be made public",
        sources="SH S3.8; CKV_AWS_53, CKV_AWS_54, CKV_AWS_55, CKV_AWS_56, CKV2_AWS_6; NAG S2; TRV AWS-0086; CIS5 2.1.4",
        types=(tokens.BUCKET,),
        musts=PHASES,
        checks=(
            each(
                tokens.BUCKET,
                accompanied(tokens.PUBLIC_ACCESS_BLOCK, "bucket", *(equals(block, True) for block in BLOCKS)),
            ),
        ),
        mutants=(
            Lose(type=tokens.PUBLIC_ACCESS_BLOCK),
            *(Flip(type=tokens.PUBLIC_ACCESS_BLOCK, path=block, value=GONE) for block in BLOCKS),
        ),
    ),
    Control(
        id=32,
        title="Buckets are reached over TLS only",
        sources="SH S3.5; CKV_AWS_379; NAG S10; CIS5 2.1.1",
        types=(tokens.BUCKET,),
        musts=PHASES,
        checks=(each(tokens.BUCKET, accompanied(tokens.BUCKET_POLICY, "bucket", buckets.plain_http_denied)),),
        mutants=(
            Lose(type=tokens.BUCKET_POLICY),
            Flip(type=tokens.BUCKET_POLICY, path="policy", value='{"Statement": []}'),
        ),
    ),
    Control(
        id=33,
        title="Only this stack's distribution, and services for this account, read or write a bucket",
        sources="CKV_AWS_70; SH S3.2, S3.3, S3.6; CIS7 2.21; NAG S5",
        types=(tokens.BUCKET_POLICY,),
        musts=PHASES,
        checks=(each(tokens.BUCKET_POLICY, buckets.strangers_out),),
        mutants=(
            Flip(type=tokens.BUCKET_POLICY, name="site", path="policy.Statement.0.Principal", value="*"),
            Flip(type=tokens.BUCKET_POLICY, name="site", path="policy.Statement.0.Condition", value=GONE),
            Flip(type=tokens.BUCKET_POLICY, name="site", path="policy.Statement.0.Action", value="s3:*"),
        ),
    ),
    Control(
        id=34,
        title="Objects are encrypted by default, in so many words",
        sources="CKV_AWS_19; TRV AWS-0088",
        types=(tokens.BUCKET,),
        musts=PHASES,
        checks=(
            each(
                tokens.BUCKET,
                accompanied(
                    tokens.BUCKET_ENCRYPTION,
                    "bucket",
                    given("rules.0.applyServerSideEncryptionByDefault.sseAlgorithm"),
                ),
            ),
        ),
        mutants=(Lose(type=tokens.BUCKET_ENCRYPTION), Flip(type=tokens.BUCKET_ENCRYPTION, path="rules", value=[])),
    ),
    Control(
        id=35,
        title="Buckets of logs are encrypted with a customer-managed key",
        sources="SH S3.17; CKV_AWS_145; TRV AWS-0132",
        types=(tokens.BUCKET,),
        musts=(PHASE2,),
        checks=(across(buckets.log_buckets_have_own_key),),
        mutants=(
            Flip(
                type=tokens.BUCKET_ENCRYPTION,
                name="logs",
                path="rules.0.applyServerSideEncryptionByDefault",
                value={"sseAlgorithm": "aws:kms", "kmsMasterKeyId": "arn:aws:kms:us-east-1:1:key/1"},
            ),
        ),
        waivers=(
            Waiver(
                phases=(PHASE2,),
                about="logs-encryption does not encrypt",
                reason="S3 delivers access logs to buckets with SSE-S3 only; CloudTrail encrypts its own files in the "
                "same bucket with a customer-managed key (row 123).",
                until=date(2027, 6, 30),
            ),
        ),
    ),
    Control(
        id=38,
        title="Who reads a bucket is logged in another",
        sources="SH S3.9; CKV_AWS_18; NAG S1; TRV AWS-0089",
        types=(tokens.BUCKET,),
        musts=(PHASE2,),
        advised=(PHASE1, ENHANCED),
        checks=(across(buckets.access_logged),),
        mutants=(Lose(type=tokens.BUCKET_LOGGING), Insert(type=tokens.BUCKET)),
    ),
    Control(
        id=39,
        title="No bucket knows ACLs",
        sources="SH S3.12; CKV2_AWS_65, CKV_AWS_20, CKV_AWS_375; TRV AWS-0092",
        types=(tokens.BUCKET,),
        musts=PHASES,
        checks=(
            each(
                tokens.BUCKET,
                absent("acl"),
                accompanied(tokens.BUCKET_OWNERSHIP, "bucket", equals("rule.objectOwnership", "BucketOwnerEnforced")),
            ),
        ),
        mutants=(
            Lose(type=tokens.BUCKET_OWNERSHIP),
            Flip(type=tokens.BUCKET_OWNERSHIP, path="rule.objectOwnership", value="ObjectWriter"),
            Flip(type=tokens.BUCKET, path="acl", value="public-read"),
        ),
    ),
)
