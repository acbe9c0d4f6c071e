"""RDS, the data: rows 66 to 72, 84 and 86."""

from datetime import date
from functools import partial

from .. import tokens
from ..checks import relational
from ..checks.tables import backed_up
from ..control import Control, Presence, Waiver
from ..mutants import GONE, Flip, Lose, Unguard
from ..rules import across, each, equals, given, made_from, protected, value
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
        id=84,
        title="A backup plan names the database",
        sources="SH RDS.26",
        types=(DATABASE,),
        musts=(PHASE2,),
        checks=(across(partial(backed_up, DATABASE)),),
        mutants=(Flip(type=tokens.BACKUP_SELECTION, path="resources", value=[]),),
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
)
