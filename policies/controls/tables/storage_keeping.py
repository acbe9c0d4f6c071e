"""S3, what is kept: rows 36, 37, 40 and 41."""

from .. import tokens
from ..checks import buckets
from ..control import Control
from ..mutants import GONE, Flip, Insert, Lose, Unguard
from ..rules import accompanied, across, differs, each, equals
from ..stack import PHASE2, PHASES

BLOCKS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")

ROWS = (
    Control(
        id=36,
        title="Buckets keep versions",
        sources="SH S3.14; CKV_AWS_21; TRV AWS-0090",
        types=(tokens.BUCKET,),
        musts=PHASES,
        checks=(
            each(
                tokens.BUCKET,
                accompanied(tokens.BUCKET_VERSIONING, "bucket", equals("versioningConfiguration.status", "Enabled")),
            ),
        ),
        mutants=(
            Lose(type=tokens.BUCKET_VERSIONING),
            Flip(type=tokens.BUCKET_VERSIONING, path="versioningConfiguration.status", value="Suspended"),
        ),
    ),
    Control(
        id=37,
        title="Old versions and unfinished uploads go away by themselves",
        sources="SH S3.10, S3.13; CKV2_AWS_61, CKV_AWS_300",
        types=(tokens.BUCKET,),
        musts=PHASES,
        checks=(each(tokens.BUCKET, accompanied(tokens.BUCKET_LIFECYCLE, "bucket", buckets.forgotten)),),
        mutants=(
            Lose(type=tokens.BUCKET_LIFECYCLE),
            Flip(type=tokens.BUCKET_LIFECYCLE, path="rules.0.abortIncompleteMultipartUpload", value=GONE),
            Flip(type=tokens.BUCKET_LIFECYCLE, path="rules.0.noncurrentVersionExpiration", value=GONE),
            Flip(type=tokens.BUCKET_LIFECYCLE, path="rules.0.status", value="Disabled"),
        ),
    ),
    Control(
        id=40,
        title="Nobody deletes the trail's files before their time, not even an administrator",
        sources="SH S3.15; CKV_AWS_143",
        types=(tokens.TRAIL,),
        advised=(PHASE2,),
        checks=(each(tokens.BUCKET, equals("objectLockEnabled", True), where=lambda bucket: "logs" in bucket.name),),
        mutants=(Flip(type=tokens.BUCKET, name="logs", path="objectLockEnabled", value=False),),
    ),
    Control(
        id=41,
        title="Pulumi empties no production bucket, and deletes none whose objects are nowhere else",
        sources="Pulumi: forceDestroy, protect",
        types=(tokens.BUCKET,),
        musts=PHASES,
        checks=(
            each(tokens.BUCKET, differs("forceDestroy", True)).within(PHASE2),
            across(buckets.originals_protected),
        ),
        mutants=(Unguard(type=tokens.BUCKET, name="logs"), Insert(type=tokens.BUCKET, props={"forceDestroy": True})),
    ),
)
