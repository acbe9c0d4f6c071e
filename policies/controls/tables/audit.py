"""CloudTrail and GuardDuty: rows 121 to 130."""

from .. import tokens
from ..checks import buckets, watch
from ..control import Control, Presence
from ..mutants import GONE, Flip, Lose
from ..rules import absent, across, each, equals, given, made_from
from ..stack import PHASE2

TRAIL, DETECTOR = tokens.TRAIL, tokens.DETECTOR

ROWS = (
    Control(
        id=121,
        title="A trail records what is done in the account, in every region",
        sources="SH CloudTrail.1, CloudTrail.3; CKV_AWS_67, CKV_AWS_251; TRV AWS-0014; CIS5 3.1",
        types=(TRAIL,),
        musts=(PHASE2,),
        created_by="cloudTrail",
        presence=Presence.EXPECTED,
        checks=(
            each(
                TRAIL,
                equals("isMultiRegionTrail", True),
                equals("includeGlobalServiceEvents", True),
                equals("enableLogging", True),
            ),
        ),
        mutants=(
            Lose(type=TRAIL),
            Flip(type=TRAIL, path="isMultiRegionTrail", value=GONE),
            Flip(type=TRAIL, path="includeGlobalServiceEvents", value=False),
            Flip(type=TRAIL, path="enableLogging", value=False),
        ),
    ),
    Control(
        id=122,
        title="A changed trail file is noticed",
        sources="SH CloudTrail.4; CKV_AWS_36; TRV AWS-0016; CIS5 3.2",
        types=(TRAIL,),
        musts=(PHASE2,),
        checks=(each(TRAIL, equals("enableLogFileValidation", True)),),
        mutants=(Flip(type=TRAIL, path="enableLogFileValidation", value=GONE),),
    ),
    Control(
        id=123,
        title="The trail is encrypted with a customer-managed key",
        sources="SH CloudTrail.2; CKV_AWS_35; TRV AWS-0015; CIS5 3.5",
        types=(TRAIL,),
        musts=(PHASE2,),
        checks=(each(TRAIL, made_from("kmsKeyId", tokens.KEY)),),
        mutants=(Flip(type=TRAIL, path="kmsKeyId", value=GONE),),
    ),
    Control(
        id=124,
        title="The trail can be searched in CloudWatch Logs",
        sources="SH CloudTrail.5; CKV2_AWS_10; TRV AWS-0162",
        types=(TRAIL,),
        musts=(PHASE2,),
        checks=(each(TRAIL, made_from("cloudWatchLogsGroupArn", tokens.LOG_GROUP), given("cloudWatchLogsRoleArn")),),
        mutants=(
            Flip(type=TRAIL, path="cloudWatchLogsGroupArn", value=GONE),
            Flip(type=TRAIL, path="cloudWatchLogsRoleArn", value=GONE),
        ),
    ),
    Control(
        id=125,
        title="Only this trail writes to the trail's private bucket",
        sources="SH CloudTrail.6, CloudTrail.7; TRV AWS-0161, AWS-0163; CIS5 3.4",
        types=(TRAIL,),
        musts=(PHASE2,),
        checks=(across(buckets.trail_alone_writes),),
        mutants=(
            Flip(type=TRAIL, path="s3BucketName", value="another"),
            Flip(type=tokens.BUCKET_POLICY, name="logs", path="policy.Statement.1.Condition", value=GONE),
            Lose(type=tokens.PUBLIC_ACCESS_BLOCK, name="logs"),
        ),
    ),
    Control(
        id=126,
        title="Reads of tables and objects are recorded too",
        sources="CIS5 3.8, 3.9; TRV AWS-0171, AWS-0172; SH S3.22, S3.23",
        types=(TRAIL,),
        advised=(PHASE2,),
        checks=(each(TRAIL, given("advancedEventSelectors")),),
        mutants=(Flip(type=TRAIL, path="advancedEventSelectors", value=[]),),
    ),
    Control(
        id=127,
        title="A topic hears of every file of the trail",
        sources="CKV_AWS_252",
        types=(TRAIL,),
        advised=(PHASE2,),
        checks=(each(TRAIL, given("snsTopicName")),),
        mutants=(Flip(type=TRAIL, path="snsTopicName", value=""),),
    ),
    Control(
        id=128,
        title="GuardDuty looks out for attacks",
        sources="SH GuardDuty.1; CKV_AWS_238, CKV2_AWS_3",
        types=(DETECTOR,),
        musts=(PHASE2,),
        created_by="guardDuty",
        presence=Presence.EXPECTED,
        checks=(
            each(
                DETECTOR,
                equals("enable", True),
                equals("findingPublishingFrequency", "FIFTEEN_MINUTES"),
                absent("datasources"),
            ),
        ),
        mutants=(
            Lose(type=DETECTOR),
            Flip(type=DETECTOR, path="enable", value=False),
            Flip(type=DETECTOR, path="findingPublishingFrequency", value="SIX_HOURS"),
            Flip(type=DETECTOR, path="datasources", value={"s3Logs": {"enable": True}}),
        ),
    ),
    Control(
        id=129,
        title="GuardDuty watches log-ins to the database, buckets and functions",
        sources="SH GuardDuty.6, GuardDuty.9, GuardDuty.10",
        types=(DETECTOR,),
        musts=(PHASE2,),
        checks=(across(watch.features_on),),
        mutants=(
            Lose(type=tokens.DETECTOR_FEATURE),
            Flip(type=tokens.DETECTOR_FEATURE, path="status", value="DISABLED"),
        ),
    ),
    Control(
        id=130,
        title="Somebody is told of what GuardDuty finds",
        sources="PRW guardduty_no_high_severity_findings; NAG-SL EventBusDLQ",
        types=(DETECTOR,),
        musts=(PHASE2,),
        checks=(across(watch.findings_told),),
        mutants=(
            Lose(type=tokens.EVENT_TARGET),
            Flip(type=tokens.EVENT_TARGET, path="deadLetterConfig", value=GONE),
            Flip(type=tokens.EVENT_RULE, path="eventPattern.detail.severity.0.numeric.1", value=8),
        ),
    ),
)
