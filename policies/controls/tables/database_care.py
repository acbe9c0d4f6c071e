"""RDS, watching and upkeep: rows 76 to 80, 85 and 88."""

from .. import tokens
from ..checks import relational
from ..control import Control, Presence
from ..mutants import GONE, Flip, Lose
from ..rules import each, equals, given, includes, made_from, one_of
from ..stack import ENHANCED, PHASE2

RELATIONAL = (ENHANCED, PHASE2)
DATABASE = tokens.DATABASE

ROWS = (
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
