"""RDS: rows 66 to 88."""

from datetime import date
from functools import partial

from .. import tokens
from ..checks import relational
from ..checks.tables import backed_up
from ..control import Control, Presence, Waiver
from ..mutants import GONE, Flip, Insert, Lose, Reveal, Unguard
from ..rules import across, each, equals, given, includes, made_from, one_of, protected, value
from ..stack import ENHANCED, PHASE2

RELATIONAL = (ENHANCED, PHASE2)
DATABASE = tokens.DATABASE

ROWS = (
    Control(
        id=66,
        title="The database is encrypted from its first day",
        sources="SH RDS.3; CKV_AWS_16; NAG RDS2; TRV AWS-0080; CIS5 2.2.1",
        types=(DATABASE,),
        musts=RELATIONAL,
        presence=Presence.EXPECTED,
        checks=(each(DATABASE, equals("storageEncrypted", True)),),
        mutants=(Flip(type=DATABASE, path="storageEncrypted", value=GONE),),
    ),
    Control(
        id=67,
        title="The database is encrypted with a customer-managed key",
        sources="PUL aws-rds-instance-configure-customer-managed-key",
        types=(DATABASE,),
        musts=(PHASE2,),
        checks=(each(DATABASE, made_from("kmsKeyId", tokens.KEY), where=relational.is_primary),),
        mutants=(Flip(type=DATABASE, path="kmsKeyId", value=GONE),),
    ),
    Control(
        id=68,
        title="The database has no public address",
        sources="SH RDS.2; CKV_AWS_17; TRV AWS-0180; CIS5 2.2.3",
        types=(DATABASE,),
        musts=RELATIONAL,
        checks=(each(DATABASE, equals("publiclyAccessible", False)),),
        mutants=(
            Flip(type=DATABASE, path="publiclyAccessible", value=True),
            Flip(type=DATABASE, path="publiclyAccessible", value=GONE),
        ),
    ),
    Control(
        id=69,
        title="The database is in no subnet with a route to the internet",
        sources="SH RDS.46",
        types=(tokens.DATABASE_SUBNETS,),
        musts=RELATIONAL,
        presence=Presence.EXPECTED,
        checks=(across(relational.closed_subnets),),
        mutants=(
            Flip(type=tokens.DATABASE_SUBNETS, path="subnetIds", value=["subnet-1", "subnet-2"]),
            Lose(type=tokens.DATABASE_SUBNETS),
        ),
        waivers=(
            Waiver(
                phases=(ENHANCED,),
                about="subnets of the default VPC",
                reason="A default VPC has public subnets only. The database has no public address, and its security "
                "group admits the functions' alone (rows 68, 92).",
                until=date(2027, 6, 30),
            ),
        ),
    ),
    Control(
        id=70,
        title="A standby in another zone takes over",
        sources="SH RDS.5; CKV_AWS_157; NAG RDS3; CIS5 2.2.4",
        types=(DATABASE,),
        musts=(PHASE2,),
        checks=(
            each(DATABASE, equals("multiAz", True), where=relational.is_primary),
            each(tokens.DATABASE_SUBNETS, relational.in_two_zones),
        ),
        mutants=(
            Flip(type=DATABASE, path="multiAz", value=False),
            Flip(type=tokens.DATABASE_SUBNETS, path="subnetIds", value=["subnet-1"]),
        ),
    ),
    Control(
        id=71,
        title="Backups are kept a week, in production two, and outlive the database",
        sources="SH RDS.11; CKV_AWS_133; NAG RDS13; TRV AWS-0077",
        types=(DATABASE,),
        musts=RELATIONAL,
        checks=(each(DATABASE, relational.backed_up_long_enough, where=relational.is_primary),),
        mutants=(
            Flip(type=DATABASE, path="backupRetentionPeriod", value=1),
            Flip(type=DATABASE, path="backupWindow", value=GONE),
        ),
    ),
    Control(
        id=72,
        title="Nobody deletes the database by accident, or without a last snapshot",
        sources="SH RDS.8; CKV_AWS_293; NAG RDS10; TRV AWS-0177",
        types=(DATABASE,),
        musts=RELATIONAL,
        checks=(
            each(DATABASE, equals("deletionProtection", True), protected),
            each(
                DATABASE,
                equals("skipFinalSnapshot", False),
                given("finalSnapshotIdentifier"),
                where=relational.is_primary,
            ),
        ),
        mutants=(
            Flip(type=DATABASE, path="deletionProtection", value=False),
            Flip(type=DATABASE, path="skipFinalSnapshot", value=True),
            Flip(type=DATABASE, path="finalSnapshotIdentifier", value=GONE),
            Unguard(type=DATABASE),
        ),
    ),
    Control(
        id=73,
        title="Functions prove by their role who they are, each as a PostgreSQL user of its own",
        sources="SH RDS.10; CKV_AWS_161; TRV AWS-0176",
        types=(DATABASE,),
        musts=RELATIONAL,
        checks=(
            each(DATABASE, equals("iamDatabaseAuthenticationEnabled", True)),
            across(relational.users_named),
        ),
        mutants=(
            Flip(type=DATABASE, path="iamDatabaseAuthenticationEnabled", value=GONE),
            Insert(
                type=tokens.ROLE_POLICY,
                props={
                    "policy": {
                        "Statement": [
                            {
                                "Effect": "Allow",
                                "Action": "rds-db:connect",
                                "Resource": "arn:aws:rds-db:us-east-1:1:dbuser:db-1/*",
                            }
                        ]
                    }
                },
            ),
        ),
    ),
    Control(
        id=74,
        title="PostgreSQL speaks TLS only",
        sources="SH RDS.38; CKV2_AWS_69; PRW rds_instance_transport_encrypted",
        types=(tokens.PARAMETER_GROUP,),
        musts=RELATIONAL,
        presence=Presence.EXPECTED,
        checks=(
            each(tokens.PARAMETER_GROUP, relational.forced_tls),
            each(DATABASE, made_from("parameterGroupName", tokens.PARAMETER_GROUP), where=relational.is_primary),
        ),
        mutants=(
            Flip(type=tokens.PARAMETER_GROUP, path="parameters.0.value", value="0"),
            Flip(type=tokens.PARAMETER_GROUP, path="family", value="postgres14"),
            Flip(type=DATABASE, path="parameterGroupName", value="default.postgres15"),
        ),
    ),
    Control(
        id=75,
        title="The database's certificate is of a current authority",
        sources="CKV_AWS_211; PRW rds_instance_certificate_expiration",
        types=(DATABASE,),
        musts=RELATIONAL,
        checks=(each(DATABASE, one_of("caCertIdentifier", relational.AUTHORITIES)),),
        mutants=(Flip(type=DATABASE, path="caCertIdentifier", value="rds-ca-2019"),),
    ),
    Control(
        id=76,
        title="PostgreSQL's log is kept: changes of tables, but no customer's data",
        sources="SH RDS.9, RDS.36; CKV_AWS_129, CKV2_AWS_30",
        types=(DATABASE,),
        musts=RELATIONAL,
        checks=(
            each(DATABASE, includes("enabledCloudwatchLogsExports", "postgresql"), where=relational.is_primary),
            each(DATABASE, includes("enabledCloudwatchLogsExports", "upgrade"), where=relational.is_primary).within(
                PHASE2
            ),
            each(tokens.PARAMETER_GROUP, relational.statements_logged),
        ),
        mutants=(
            Flip(type=DATABASE, path="enabledCloudwatchLogsExports", value=GONE),
            Flip(type=tokens.PARAMETER_GROUP, path="parameters.1.value", value="all"),
        ),
    ),
    Control(
        id=77,
        title="The database's operating system is watched",
        sources="SH RDS.6; CKV_AWS_118",
        types=(DATABASE,),
        musts=(PHASE2,),
        checks=(each(DATABASE, one_of("monitoringInterval", relational.INTERVALS_S), given("monitoringRoleArn")),),
        mutants=(
            Flip(type=DATABASE, path="monitoringInterval", value=0),
            Flip(type=DATABASE, path="monitoringRoleArn", value=GONE),
        ),
    ),
    Control(
        id=78,
        title="Slow statements are found, and their record is encrypted",
        sources="CKV_AWS_353, CKV_AWS_354; TRV AWS-0133, AWS-0078",
        types=(DATABASE,),
        musts=(PHASE2,),
        checks=(each(DATABASE, relational.insights_encrypted),),
        mutants=(Flip(type=DATABASE, path="performanceInsightsKmsKeyId", value=GONE),),
    ),
    Control(
        id=79,
        title="Minor versions come by themselves, the major one stays",
        sources="SH RDS.13; CKV_AWS_226; CIS5 2.2.2",
        types=(DATABASE,),
        musts=RELATIONAL,
        checks=(
            each(DATABASE, equals("autoMinorVersionUpgrade", True)),
            each(DATABASE, equals("engineVersion", "15"), where=relational.is_primary),
        ),
        mutants=(
            Flip(type=DATABASE, path="autoMinorVersionUpgrade", value=False),
            Flip(type=DATABASE, path="engineVersion", value="15.4"),
        ),
    ),
    Control(
        id=80,
        title="Snapshots carry the database's tags",
        sources="SH RDS.17; CKV2_AWS_60",
        types=(DATABASE,),
        musts=RELATIONAL,
        checks=(each(DATABASE, equals("copyTagsToSnapshot", True)),),
        mutants=(Flip(type=DATABASE, path="copyTagsToSnapshot", value=GONE),),
    ),
    Control(
        id=81,
        title="The master user has no name to guess",
        sources="SH RDS.25; PRW rds_instance_default_admin",
        types=(DATABASE,),
        musts=RELATIONAL,
        checks=(
            each(
                DATABASE,
                value("username", lambda name: name not in relational.ADMINISTRATORS, "a name of the shop's own"),
                where=relational.is_primary,
            ),
        ),
        mutants=(Flip(type=DATABASE, path="username", value="postgres"),),
    ),
    Control(
        id=82,
        title="PostgreSQL listens on another port than 5432",
        sources="SH RDS.23; NAG RDS11",
        types=(DATABASE,),
        musts=RELATIONAL,
        checks=(
            each(
                DATABASE,
                value("port", lambda port: port not in (None, 5432), "another"),
                where=relational.is_primary,
            ),
        ),
        mutants=(Flip(type=DATABASE, path="port", value=5432),),
        waivers=(
            Waiver(
                phases=RELATIONAL,
                about="port is",
                reason="The design names 5432. Security groups decide who reaches it (row 92); a scanner outside finds "
                "no port at all.",
                until=date(2027, 12, 31),
            ),
        ),
    ),
    Control(
        id=83,
        title="RDS or Pulumi keeps the master password, as a secret",
        sources="SH SecretsManager.1; ASVS 13.3",
        types=(DATABASE,),
        musts=RELATIONAL,
        checks=(each(DATABASE, relational.one_password, where=relational.is_primary),),
        mutants=(
            Flip(type=DATABASE, path="manageMasterUserPassword", value=GONE),
            Flip(type=DATABASE, path="password", value=GONE),
            Reveal(type=DATABASE, path="password"),
        ),
    ),
    Control(
        id=84,
        title="A backup plan names the database",
        sources="SH RDS.26",
        types=(DATABASE,),
        musts=(PHASE2,),
        checks=(across(partial(backed_up, DATABASE)),),
        mutants=(Flip(type=tokens.BACKUP_SELECTION, path="resources", value=[]),),
    ),
    Control(
        id=85,
        title="Somebody is told when the database fails over, fills up or is changed",
        sources="SH RDS.20, RDS.21, RDS.22",
        types=(tokens.DATABASE_EVENTS,),
        musts=(PHASE2,),
        presence=Presence.EXPECTED,
        checks=(
            each(
                tokens.DATABASE_EVENTS,
                includes("eventCategories", *relational.EVENTS),
                made_from("snsTopic", tokens.TOPIC),
                made_from("sourceIds", DATABASE),
            ),
        ),
        mutants=(
            Lose(type=tokens.DATABASE_EVENTS),
            Flip(type=tokens.DATABASE_EVENTS, path="eventCategories", value=["backup"]),
            Flip(type=tokens.DATABASE_EVENTS, path="snsTopic", value="arn:aws:sns:us-east-1:1:other"),
        ),
    ),
    Control(
        id=86,
        title="The database is in this stack's network and security group alone",
        sources="SH RDS.18; CKV_AWS_198",
        types=(DATABASE,),
        musts=RELATIONAL,
        checks=(
            each(
                DATABASE,
                made_from("vpcSecurityGroupIds", tokens.SECURITY_GROUP),
                value("vpcSecurityGroupIds", lambda groups: groups is not None and len(groups) == 1, "one group"),
            ),
            each(DATABASE, made_from("dbSubnetGroupName", tokens.DATABASE_SUBNETS), where=relational.is_primary),
        ),
        mutants=(
            Flip(type=DATABASE, path="vpcSecurityGroupIds", value=GONE),
            Flip(type=DATABASE, path="vpcSecurityGroupIds.1", value="sg-default"),
            Flip(type=DATABASE, path="dbSubnetGroupName", value="default"),
        ),
    ),
    Control(
        id=87,
        title="The proxy takes TLS and IAM only, and logs no statements",
        sources="SH RDS.43",
        types=(tokens.DATABASE_PROXY,),
        musts=RELATIONAL,
        checks=(each(tokens.DATABASE_PROXY, relational.proxied_safely),),
        mutants=(
            Insert(type=tokens.DATABASE_PROXY, props={"requireTls": False, "defaultAuthScheme": "IAM_AUTH"}),
            Insert(type=tokens.DATABASE_PROXY, props={"requireTls": True}),
        ),
    ),
    Control(
        id=88,
        title="No extended support is bought by forgetting",
        sources="PRW rds_instance_extended_support",
        types=(DATABASE,),
        musts=RELATIONAL,
        checks=(
            each(
                DATABASE,
                equals("engineLifecycleSupport", "open-source-rds-extended-support-disabled"),
                where=relational.is_primary,
            ),
        ),
        mutants=(Flip(type=DATABASE, path="engineLifecycleSupport", value=GONE),),
    ),
)
