"""DynamoDB and AWS Backup: rows 56 to 65."""

from functools import partial

from .. import tokens
from ..checks import tables
from ..control import Control, Presence
from ..mutants import GONE, Flip, Insert, Lose
from ..rules import absent, across, between, each, equals, made_from
from ..stack import ENHANCED, PHASE1, PHASE2, PHASES

LEAST_BACKUP_DAYS, MOST_BACKUP_DAYS = 35, 36_500

ROWS = (
    Control(
        id=56,
        title="Every table can be put back to any second of the last weeks",
        sources="SH DynamoDB.2; CKV_AWS_28; NAG DDB3; TRV AWS-0024",
        types=(tokens.TABLE,),
        musts=PHASES,
        presence=Presence.EXPECTED,
        checks=(each(tokens.TABLE, equals("pointInTimeRecovery.enabled", True), where=tables.holds_data),),
        mutants=(Flip(type=tokens.TABLE, name="carts", path="pointInTimeRecovery", value=GONE),),
    ),
    Control(
        id=57,
        title="Nobody deletes a table by accident",
        sources="SH DynamoDB.6; PRW dynamodb_table_deletion_protection_enabled",
        types=(tokens.TABLE,),
        musts=PHASES,
        checks=(each(tokens.TABLE, equals("deletionProtectionEnabled", True), where=tables.holds_data),),
        mutants=(Flip(type=tokens.TABLE, name="carts", path="deletionProtectionEnabled", value=False),),
    ),
    Control(
        id=58,
        title="Tables are encrypted with a customer-managed key in phase2, with AWS's own before",
        sources="CKV_AWS_119; TRV AWS-0025",
        types=(tokens.TABLE,),
        musts=PHASES,
        checks=(
            each(
                tokens.TABLE,
                equals("serverSideEncryption.enabled", True),
                made_from("serverSideEncryption", tokens.KEY),
            ).within(PHASE2),
            each(tokens.TABLE, absent("serverSideEncryption.kmsKeyArn")).within(PHASE1, ENHANCED),
        ),
        mutants=(
            Flip(type=tokens.TABLE, path="serverSideEncryption", value={"kmsKeyArn": "arn:aws:kms:us-east-1:1:key/1"}),
        ),
    ),
    Control(
        id=59,
        title="Tables grow with their load",
        sources="SH DynamoDB.1; CKV2_AWS_16",
        types=(tokens.TABLE,),
        musts=PHASES,
        checks=(each(tokens.TABLE, equals("billingMode", "PAY_PER_REQUEST")),),
        mutants=(Flip(type=tokens.TABLE, path="billingMode", value="PROVISIONED"),),
    ),
    Control(
        id=60,
        title="Keys and indexes are those of the design",
        sources="CloudShelf: design",
        types=(tokens.TABLE,),
        musts=PHASES,
        checks=(each(tokens.TABLE, tables.keyed_as_designed),),
        mutants=(
            Flip(type=tokens.TABLE, name="carts", path="rangeKey", value="cartId"),
            Flip(type=tokens.TABLE, path="attributes", value=[{"name": "price", "type": "N"}]),
            Flip(type=tokens.TABLE, name="books", path="globalSecondaryIndexes", value=[]),
        ),
    ),
    Control(
        id=61,
        title="Sessions and guests' carts expire, other carts do not",
        sources="CloudShelf: design",
        types=(tokens.TABLE,),
        musts=PHASES,
        checks=(each(tokens.TABLE, tables.expires_as_designed),),
        mutants=(
            Flip(type=tokens.TABLE, name="sessions", path="ttl", value=GONE),
            Flip(type=tokens.TABLE, name="carts", path="ttl", value={"enabled": True, "attributeName": "expiry"}),
        ),
    ),
    Control(
        id=62,
        title="A backup plan keeps tables for five weeks",
        sources="SH DynamoDB.4; PRW dynamodb_table_protected_by_backup_plan",
        types=(tokens.BACKUP_SELECTION,),
        musts=(PHASE2,),
        presence=Presence.EXPECTED,
        checks=(
            across(partial(tables.backed_up, tokens.TABLE)),
            each(tokens.BACKUP_PLAN, between("rules.0.lifecycle.deleteAfter", LEAST_BACKUP_DAYS, MOST_BACKUP_DAYS)),
        ),
        mutants=(
            Flip(type=tokens.BACKUP_SELECTION, path="resources", value=[]),
            Flip(type=tokens.BACKUP_PLAN, path="rules.0.lifecycle.deleteAfter", value=7),
            Lose(type=tokens.BACKUP_SELECTION),
        ),
    ),
    Control(
        id=63,
        title="Backups are encrypted with a customer-managed key",
        sources="CKV_AWS_166; SH Backup.1",
        types=(tokens.BACKUP_VAULT,),
        musts=(PHASE2,),
        presence=Presence.EXPECTED,
        checks=(each(tokens.BACKUP_VAULT, made_from("kmsKeyArn", tokens.KEY)),),
        mutants=(Flip(type=tokens.BACKUP_VAULT, path="kmsKeyArn", value=GONE),),
    ),
    Control(
        id=64,
        title="No other account is let into a table",
        sources="PRW dynamodb_table_cross_account_access",
        types=(tokens.TABLE_POLICY,),
        musts=PHASES,
        presence=Presence.FORBIDDEN,
        mutants=(Insert(type=tokens.TABLE_POLICY),),
    ),
    Control(
        id=65,
        title="Tables carry their stack's name, so that two stacks fit into one account",
        sources="CloudShelf: design",
        types=(tokens.TABLE,),
        musts=PHASES,
        checks=(each(tokens.TABLE, tables.named_after_stack),),
        mutants=(Flip(type=tokens.TABLE, path="name", value="cloudshelf-carts"),),
    ),
)
