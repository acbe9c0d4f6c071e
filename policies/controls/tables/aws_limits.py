"""What AWS refuses, as its documents say in prose: rows 156 to 196."""

from .. import tokens
from ..checks import limits
from ..control import Check, Control
from ..mutants import First, Flip, Insert, Mutant, Together
from ..rules import Rule, across, each
from ..stack import ENHANCED, PHASE2, PHASES

RELATIONAL = (ENHANCED, PHASE2)
DOCS = "https://docs.aws.amazon.com"
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
EC2_TEXT = r"[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]{0,255}"
EC2_WISH = "up to 255 of a-z, A-Z, 0-9, spaces and ._-:/()#,@[]+=&;{}!$*"
RDS_NAME = r"[a-zA-Z](?!.*--)[a-zA-Z0-9-]{0,62}(?<!-)"
EVENTS_POLICY = (
    '{"Statement": [{"Principal": {"Service": "events.amazonaws.com"}, '
    '"Condition": {"StringEquals": {"aws:SourceAccount": "1"}}}]}'
)
RDS_WISH = "1 to 63 letters, digits and hyphens, a letter first, no hyphen last and no two together"


def row(
    id: int,
    title: str,
    source: str,
    types: str | tuple[str, ...],
    check: Rule | Check,
    *mutants: Mutant,
    musts: tuple[str, ...] = PHASES,
) -> Control:
    named = (types,) if isinstance(types, str) else types
    checks = (each(named, check) if isinstance(check, Rule) else check,)
    return Control(
        id=id, title=title, sources=f"AWS {DOCS}/{source}", types=named, musts=musts, checks=checks, mutants=mutants
    )


def text(
    id: int,
    title: str,
    source: str,
    type_: str,
    path: str,
    pattern: str,
    wish: str,
    bad: str,
    musts: tuple[str, ...] = PHASES,
) -> Control:
    """A text at a path that must be wholly of a pattern; `bad` is none."""
    return row(
        id, title, source, type_, limits.text(path, pattern, wish), Flip(type=type_, path=path, value=bad), musts=musts
    )


ROWS = (
    text(
        156,
        "Security groups' descriptions are of EC2's characters",
        "AWSEC2/latest/APIReference/API_CreateSecurityGroup.html",
        tokens.SECURITY_GROUP,
        "description",
        EC2_TEXT,
        EC2_WISH,
        "Guests' sessions",
        RELATIONAL,
    ),
    text(
        157,
        "Rules' descriptions are of EC2's characters, inwards",
        "AWSEC2/latest/APIReference/API_IpRange.html",
        tokens.INGRESS_RULE,
        "description",
        EC2_TEXT,
        EC2_WISH,
        "the shop's own",
        RELATIONAL,
    ),
    text(
        158,
        "Rules' descriptions are of EC2's characters, outwards",
        "AWSEC2/latest/APIReference/API_IpRange.html",
        tokens.EGRESS_RULE,
        "description",
        EC2_TEXT,
        EC2_WISH,
        "the shop's own",
        RELATIONAL,
    ),
    text(
        159,
        "No security group's name begins with sg-",
        "AWSEC2/latest/APIReference/API_CreateSecurityGroup.html",
        tokens.SECURITY_GROUP,
        "name",
        r"(?!sg-).{1,255}",
        "a name of 1 to 255 characters that does not begin with sg-",
        "sg-books",
        RELATIONAL,
    ),
    row(
        160,
        "States have names of their own in the whole machine",
        "step-functions/latest/dg/statemachine-structure.html",
        tokens.STATE_MACHINE,
        limits.unique_states,
        Flip(
            type=tokens.STATE_MACHINE,
            path="definition",
            value='{"States": {"Load": {"ItemProcessor": {"States": {"Load": {}}}}}}',
        ),
        Flip(
            type=tokens.STATE_MACHINE,
            path="definition",
            value='{"States": {"Load": {"Type": "Map", "Label": "two words"}}}',
        ),
        musts=RELATIONAL,
    ),
    text(
        161,
        "A database's identifier is RDS's",
        "AmazonRDS/latest/APIReference/API_CreateDBInstance.html",
        tokens.DATABASE,
        "identifier",
        RDS_NAME,
        RDS_WISH,
        "cloudshelf--books",
        RELATIONAL,
    ),
    text(
        162,
        "A proxy's name is RDS's",
        "AmazonRDS/latest/APIReference/API_CreateDBProxy.html",
        tokens.DATABASE_PROXY,
        "name",
        RDS_NAME,
        RDS_WISH,
        "cloudshelf-",
        RELATIONAL,
    ),
    text(
        163,
        "A subnet group's name is RDS's",
        "AmazonRDS/latest/APIReference/API_CreateDBSubnetGroup.html",
        tokens.DATABASE_SUBNETS,
        "name",
        r"(?!default$)[a-z0-9_. -]{1,255}",
        "lower case letters, digits and _. -, and not default",
        "Default",
        RELATIONAL,
    ),
    row(
        164,
        "Backup and maintenance windows are apart, half an hour or longer",
        "AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.html",
        tokens.DATABASE,
        limits.windows_apart,
        Flip(type=tokens.DATABASE, path="backupWindow", value="03:45-04:15"),
        Flip(type=tokens.DATABASE, path="backupWindow", value="02:00-02:10"),
        Flip(type=tokens.DATABASE, path="maintenanceWindow", value="sun:23:00-mon:02:30"),
        musts=RELATIONAL,
    ),
    row(
        165,
        "A database runs during its windows",
        "AmazonRDS/latest/UserGuide/USER_StopInstance.html",
        tokens.DATABASE,
        across(limits.awake_in_windows),
        Together(
            (
                Insert(
                    type=tokens.SCHEDULE,
                    props={
                        "scheduleExpression": "cron(0 7 ? * MON-FRI *)",
                        "target": {"arn": "arn:aws:scheduler:::aws-sdk:rds:startDBInstance"},
                    },
                ),
                Insert(
                    type=tokens.SCHEDULE,
                    props={
                        "scheduleExpression": "cron(0 19 ? * MON-FRI *)",
                        "target": {"arn": "arn:aws:scheduler:::aws-sdk:rds:stopDBInstance"},
                    },
                ),
            )
        ),
        musts=RELATIONAL,
    ),
    row(
        166,
        "AWS Backup keeps an hour away from RDS's own windows",
        "aws-backup/latest/devguide/rds-backup.html",
        tokens.BACKUP_PLAN,
        across(limits.backups_away_from_maintenance),
        Flip(type=tokens.BACKUP_PLAN, path="rules.0.schedule", value="cron(0 4 * * ? *)"),
        Flip(type=tokens.BACKUP_PLAN, path="rules.0.schedule", value="cron(30 1 * * ? *)"),
        musts=(PHASE2,),
    ),
    row(
        167,
        "EventBridge may use a topic's key",
        "AmazonCloudWatch/latest/monitoring/sns-encryption.html",
        tokens.KEY,
        limits.events_may_use_it,
        Insert(
            type=tokens.KEY,
            props={"policy": EVENTS_POLICY},
        ),
        musts=PHASES,
    ),
    text(
        168,
        "A role's name is IAM's",
        "IAM/latest/APIReference/API_CreateRole.html",
        tokens.ROLE,
        "name",
        r"[\w+=,.@-]{1,64}",
        "1 to 64 letters, digits and +=,.@_-",
        "x" * 65,
    ),
    text(
        169,
        "A role's description has no characters that IAM refuses",
        "IAM/latest/APIReference/API_CreateRole.html",
        tokens.ROLE,
        "description",
        "[\\t\\n\\r -~\u00a1-\u00ff]{0,1000}",
        "up to 1000 characters of Latin-1",
        "for the shop\u2019s books",
    ),
    row(
        170,
        "Policies fit into a role",
        "IAM/latest/UserGuide/reference_iam-quotas.html",
        tokens.ROLE,
        across(limits.short_policies),
        Flip(type=tokens.ROLE, path="assumeRolePolicy", value="x" * 2049),
    ),
    text(
        171,
        "A function's name is Lambda's",
        "lambda/latest/api/API_CreateFunction.html",
        tokens.FUNCTION,
        "name",
        r"[a-zA-Z0-9_-]{1,64}",
        "1 to 64 letters, digits, hyphens and underscores",
        "cloudshelf.books",
    ),
    row(
        172,
        "Variables are few enough, and none of Lambda's own",
        "lambda/latest/dg/configuration-envvars.html",
        tokens.FUNCTION,
        limits.few_variables,
        Flip(type=tokens.FUNCTION, path="environment.variables", value={"LONG": "x" * 5000}),
        Flip(type=tokens.FUNCTION, path="environment.variables", value={"AWS_REGION": "us-east-1"}),
    ),
    text(
        173,
        "A statement of a function's policy has a plain id",
        "lambda/latest/api/API_AddPermission.html",
        tokens.PERMISSION,
        "statementId",
        r"[a-zA-Z0-9_-]{1,100}",
        "1 to 100 letters, digits, hyphens and underscores",
        "the api's",
    ),
    text(
        174,
        "A log group's name is CloudWatch's",
        "AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html",
        tokens.LOG_GROUP,
        "name",
        r"[-._/#A-Za-z0-9]{1,512}",
        "1 to 512 letters, digits and -._/#",
        "/aws/lambda/the shop",
    ),
    text(
        175,
        "A bucket's name is S3's",
        "AmazonS3/latest/userguide/bucketnamingrules.html",
        tokens.BUCKET,
        "bucket",
        r"(?!xn--|sthree-|amzn-s3-demo-)(?!.*(-s3alias|--ol-s3|\.mrap|--x-s3)$)(?!\d+\.\d+\.\d+\.\d+$)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]",
        "3 to 63 lower case letters, digits, dots and hyphens, none at the ends",
        "Cloudshelf_Books",
    ),
    text(
        176,
        "A table's name is DynamoDB's",
        "amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html",
        tokens.TABLE,
        "name",
        r"[a-zA-Z0-9_.-]{3,255}",
        "3 to 255 letters, digits and _.-",
        "cloudshelf books",
    ),
    row(
        177,
        "A table has 20 indexes at most",
        "amazondynamodb/latest/developerguide/ServiceQuotas.html",
        tokens.TABLE,
        limits.fewer("globalSecondaryIndexes", 20, "indexes"),
        Flip(type=tokens.TABLE, path="globalSecondaryIndexes", value=[{"name": str(number)} for number in range(21)]),
    ),
    text(
        178,
        "A queue's name is SQS's",
        "AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-message-identifiers.html",
        tokens.QUEUE,
        "name",
        r"[a-zA-Z0-9_-]{1,80}(\.fifo)?",
        "1 to 80 letters, digits, hyphens and underscores",
        "dead letters",
    ),
    text(
        179,
        "A topic's name is SNS's",
        "sns/latest/api/API_CreateTopic.html",
        tokens.TOPIC,
        "name",
        r"[a-zA-Z0-9_-]{1,256}(\.fifo)?",
        "1 to 256 letters, digits, hyphens and underscores",
        "cloudshelf alarms",
    ),
    text(
        180,
        "A firewall's name is WAF's",
        "waf/latest/APIReference/API_CreateWebACL.html",
        tokens.WEB_ACL,
        "name",
        r"[\w-]{1,128}",
        "1 to 128 letters, digits, hyphens and underscores",
        "the shop's",
        (PHASE2,),
    ),
    row(
        181,
        "A firewall's rules have priorities of their own",
        "waf/latest/developerguide/web-acl-rules.html",
        tokens.WEB_ACL,
        limits.priorities_apart,
        Flip(type=tokens.WEB_ACL, path="rules", value=[{"priority": 1}, {"priority": 1}]),
        musts=(PHASE2,),
    ),
    row(
        182,
        "A security group has 60 rules each way at most",
        "vpc/latest/userguide/amazon-vpc-limits.html",
        tokens.SECURITY_GROUP,
        across(limits.groups_within_quota),
        Together(
            (Insert(type=tokens.EGRESS_RULE, sources={"securityGroupId": First(tokens.SECURITY_GROUP)}),) * 61,
        ),
        musts=RELATIONAL,
    ),
    row(
        183,
        "CloudFront's firewall and certificate are in us-east-1",
        "waf/latest/APIReference/API_CreateWebACL.html",
        (tokens.WEB_ACL, tokens.CERTIFICATE),
        limits.in_virginia(
            lambda resource: resource.type == tokens.CERTIFICATE or resource.get("scope") == "CLOUDFRONT"
        ),
        Insert(type=tokens.WEB_ACL, props={"scope": "CLOUDFRONT", "region": "eu-west-3"}),
        musts=(PHASE2,),
    ),
    text(
        184,
        "A distribution's comment is short",
        "cloudfront/latest/APIReference/API_DistributionConfig.html",
        tokens.DISTRIBUTION,
        "comment",
        r"[\s\S]{0,128}",
        "at most 128 characters",
        "x" * 129,
    ),
    text(
        185,
        "A stage's name is API Gateway's",
        "apigateway/latest/api/API_CreateStage.html",
        tokens.STAGE,
        "stageName",
        r"[a-zA-Z0-9_-]{1,128}",
        "1 to 128 letters, digits, hyphens and underscores",
        "the api",
    ),
    text(
        186,
        "An alarm's name is CloudWatch's",
        "AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html",
        tokens.ALARM,
        "name",
        r"[\x20-\x7e]{1,255}",
        "1 to 255 characters of ASCII",
        "Zu viele Fehler \u2013 sofort",
    ),
    text(
        187,
        "An alarm's description is short",
        "AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html",
        tokens.ALARM,
        "alarmDescription",
        r"[\s\S]{0,1024}",
        "at most 1024 characters",
        "x" * 1025,
    ),
    row(
        188,
        "An alarm looks at a day at most",
        "AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html",
        tokens.ALARM,
        limits.alarm_length,
        Flip(type=tokens.ALARM, path="period", value=45),
        Flip(type=tokens.ALARM, path="evaluationPeriods", value=2000),
    ),
    row(
        189,
        "A metric filter has dimensions or a default, and three dimensions at most",
        "AmazonCloudWatchLogs/latest/APIReference/API_MetricTransformation.html",
        tokens.METRIC_FILTER,
        limits.dimensions_or_default,
        Flip(
            type=tokens.METRIC_FILTER,
            path="metricTransformation",
            value={"dimensions": {"A": "$.a"}, "defaultValue": "0"},
        ),
        Flip(
            type=tokens.METRIC_FILTER,
            path="metricTransformation",
            value={"dimensions": dict.fromkeys("abcd", "$.a")},
        ),
    ),
    text(
        190,
        "A user pool's name is Cognito's",
        "cognito-user-identity-pools/latest/APIReference/API_CreateUserPool.html",
        tokens.USER_POOL,
        "name",
        r"[\w\s+=,.@-]{1,128}",
        "1 to 128 letters, digits, spaces and +=,.@-",
        "readers/all",
    ),
    text(
        191,
        "A key's alias is the account's own",
        "kms/latest/APIReference/API_CreateAlias.html",
        tokens.ALIAS,
        "name",
        r"alias/(?!aws/)[a-zA-Z0-9:/_-]{1,250}",
        "alias/ and letters, digits and :/_-, not alias/aws/",
        "alias/aws/books",
        (PHASE2,),
    ),
    text(
        192,
        "A parameter's name is Parameter Store's",
        "systems-manager/latest/userguide/sysman-paramstore-su-create.html",
        tokens.PARAMETER,
        "name",
        r"(?!/?(aws|ssm)([/]|$))(/?[a-zA-Z0-9_.-]+){1,15}",
        "up to 15 levels of letters, digits and _.-, not aws or ssm first",
        "/aws/cloudshelf",
        (PHASE2,),
    ),
    row(
        193,
        "A network ACL has 20 rules each way at most",
        "vpc/latest/userguide/amazon-vpc-limits.html",
        tokens.NETWORK_ACL,
        across(limits.acl_within_quota),
        Together(
            (
                Insert(
                    type=tokens.NETWORK_ACL_RULE,
                    sources={"networkAclId": First(tokens.NETWORK_ACL)},
                    props={"egress": True},
                ),
            )
            * 21
        ),
        musts=(PHASE2,),
    ),
    row(
        194,
        "Subnets are within their VPC and apart",
        "vpc/latest/userguide/subnet-sizing.html",
        tokens.VPC,
        across(limits.subnets_fit),
        Insert(type=tokens.SUBNET, sources={"vpcId": First(tokens.VPC)}, props={"cidrBlock": "10.0.0.0/16"}),
        Insert(type=tokens.SUBNET, sources={"vpcId": First(tokens.VPC)}, props={"cidrBlock": "192.168.0.0/24"}),
        Flip(type=tokens.VPC, path="cidrBlock", value="10.0.0.0/8"),
        musts=(PHASE2,),
    ),
    row(
        195,
        "A database that grows has room to",
        "AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html",
        tokens.DATABASE,
        limits.growth,
        Flip(type=tokens.DATABASE, path="maxAllocatedStorage", value=21),
        musts=RELATIONAL,
    ),
    row(
        196,
        "Tags are AWS's size and none of AWS's own",
        "tag-editor/latest/userguide/best-practices-and-strats.html",
        (tokens.TABLE, tokens.FUNCTION, tokens.DATABASE, tokens.BUCKET),
        limits.plain_tags,
        Flip(type=tokens.FUNCTION, path="tags", value={"aws:owner": "me"}),
    ),
)
