"""CloudWatch, SNS, SQS, budgets and AWS Config: rows 144 to 154."""

from .. import tokens
from ..checks import watch
from ..control import Control, Presence
from ..mutants import GONE, Flip, Insert, Lose
from ..rules import accompanied, across, differs, each, equals, made_from
from ..stack import ENHANCED, PHASE1, PHASE2, PHASES

GROUP, ALARM, TOPIC = tokens.LOG_GROUP, tokens.ALARM, tokens.TOPIC

ROWS = (
    Control(
        id=144,
        title="Logs are kept for as long as somebody has said, those that prove things for a year",
        sources="CKV_AWS_66, CKV_AWS_338; PRW cloudwatch_log_group_retention_policy",
        types=(GROUP,),
        musts=PHASES,
        presence=Presence.EXPECTED,
        checks=(each(GROUP, watch.kept_long_enough),),
        mutants=(
            Flip(type=GROUP, path="retentionInDays", value=GONE),
            Flip(type=GROUP, name="trail", path="retentionInDays", value=30),
            Flip(type=GROUP, name="firewall", path="retentionInDays", value=90),
        ),
    ),
    Control(
        id=145,
        title="Logs are encrypted with a customer-managed key",
        sources="CKV_AWS_158; TRV AWS-0017",
        types=(GROUP,),
        musts=(PHASE2,),
        checks=(each(GROUP, made_from("kmsKeyId", tokens.KEY, tokens.REPLICA_KEY)),),
        mutants=(Flip(type=GROUP, path="kmsKeyId", value=GONE),),
    ),
    Control(
        id=146,
        title="Somebody hears every alarm, and what is counted in a log has one",
        sources="CKV_AWS_319; SH CloudWatch.15, CloudWatch.17",
        types=(ALARM,),
        musts=(ENHANCED, PHASE2),
        advised=(PHASE1,),
        presence=Presence.EXPECTED,
        checks=(each(ALARM, watch.heard, made_from("alarmActions", TOPIC)), across(watch.filters_alarm)),
        mutants=(
            Flip(type=ALARM, path="alarmActions", value=[]),
            Flip(type=ALARM, path="actionsEnabled", value=False),
            Flip(type=ALARM, path="treatMissingData", value=GONE),
            Flip(type=tokens.METRIC_FILTER, path="metricTransformation.name", value="Nothing"),
        ),
    ),
    Control(
        id=147,
        title="Everything that can go wrong has an alarm",
        sources="CloudShelf: design",
        types=(ALARM,),
        musts=(PHASE2,),
        checks=(across(watch.alarms_complete),),
        mutants=tuple(
            Flip(type=ALARM, name=name, path="metricName", value="Nothing") for name in ("concurrency", "api-slow")
        ),
    ),
    Control(
        id=148,
        title="Alarms on the trail's log for each of CIS's patterns",
        sources="CIS5 4.1, 4.2, 4.3, 4.4, 4.5, 4.6, 4.7, 4.8, 4.9, 4.10, 4.11, 4.12, 4.13, 4.14",
        types=(tokens.METRIC_FILTER,),
        advised=(PHASE2,),
        presence=Presence.EXPECTED,
        checks=(across(watch.trail_counted), across(watch.filters_alarm)),
        mutants=(Insert(type=tokens.METRIC_FILTER, props={"metricTransformation": {"name": "RootUsage"}}),),
    ),
    Control(
        id=149,
        title="Alarms on their way are encrypted with a customer-managed key",
        sources="SH SNS.1; CKV_AWS_26; TRV AWS-0095, AWS-0136",
        types=(TOPIC,),
        musts=(PHASE2,),
        checks=(each(TOPIC, made_from("kmsMasterKeyId", tokens.KEY)),),
        mutants=(Flip(type=TOPIC, path="kmsMasterKeyId", value="alias/aws/sns"),),
    ),
    Control(
        id=150,
        title="Only AWS's services, for this account and over TLS, send alarms",
        sources="NAG SNS3; CKV_AWS_169, CKV_AWS_385; SH SNS.4",
        types=(TOPIC,),
        musts=(PHASE2,),
        advised=(PHASE1, ENHANCED),
        checks=(each(TOPIC, accompanied(tokens.TOPIC_POLICY, "arn", watch.tls_and_account_only)),),
        mutants=(
            Lose(type=tokens.TOPIC_POLICY),
            Flip(type=tokens.TOPIC_POLICY, path="policy.Statement.0.Principal", value="*"),
            Flip(type=tokens.TOPIC_POLICY, path="policy.Statement.0.Condition", value=GONE),
            Flip(type=tokens.TOPIC_POLICY, path="policy.Statement", value=[]),
        ),
    ),
    Control(
        id=151,
        title="Queues are encrypted, refuse plain HTTP and keep failures for two weeks",
        sources="SH SQS.1; CKV_AWS_27, CKV2_AWS_73; NAG SQS2, SQS4; TRV AWS-0096",
        types=(tokens.QUEUE,),
        musts=PHASES,
        checks=(
            each(
                tokens.QUEUE,
                watch.waits_safely,
                accompanied(tokens.QUEUE_POLICY, "queueUrl", watch.tls_and_account_only),
            ),
        ),
        mutants=(
            Insert(type=tokens.QUEUE),
            Flip(type=tokens.QUEUE, path="sqsManagedSseEnabled", value=False),
            Flip(type=tokens.QUEUE, path="messageRetentionSeconds", value=60),
            Lose(type=tokens.QUEUE_POLICY),
        ),
    ),
    Control(
        id=152,
        title="Somebody is warned before the month's money is gone",
        sources="CloudShelf: design",
        types=(tokens.BUDGET,),
        musts=PHASES,
        presence=Presence.EXPECTED,
        checks=(each(tokens.BUDGET, watch.warns_early),),
        mutants=(
            Lose(type=tokens.BUDGET),
            Flip(type=tokens.BUDGET, path="notifications", value=[]),
            Flip(type=tokens.BUDGET, path="notifications.0.subscriberSnsTopicArns", value=[]),
        ),
    ),
    Control(
        id=153,
        title="AWS Config and Security Hub look the account over",
        sources="SH Config.1; CIS5 3.3, 4.16",
        types=(tokens.CONFIG_RECORDER, tokens.SECURITY_HUB),
        advised=(PHASE2,),
        presence=Presence.EXPECTED,
        checks=(
            each(tokens.CONFIG_RECORDER, equals("recordingGroup.allSupported", True)),
            each(tokens.SECURITY_HUB, differs("enableDefaultStandards", False)),
        ),
        mutants=(
            Insert(type=tokens.CONFIG_RECORDER),
            Insert(type=tokens.SECURITY_HUB, props={"enableDefaultStandards": False}),
        ),
    ),
    Control(
        id=154,
        title="Requests in a stream are encrypted with a customer-managed key",
        sources="SH Kinesis.1; CKV_AWS_43, CKV_AWS_185",
        types=(tokens.STREAM,),
        musts=PHASES,
        checks=(each(tokens.STREAM, equals("encryptionType", "KMS"), made_from("kmsKeyId", tokens.KEY)),),
        mutants=(
            Flip(type=tokens.STREAM, path="encryptionType", value="NONE"),
            Flip(type=tokens.STREAM, path="kmsKeyId", value="alias/aws/kinesis"),
        ),
    ),
)
