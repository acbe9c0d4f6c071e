"""AWS Backup: a copy of every table and of the database each night, apart from their own recovery."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.account import Account
from components.alarms import Alarm
from components.grant import trust_policy

KEEP_DAYS = 35
# Hours after RDS's own backup and maintenance, with which AWS Backup's jobs do not go together:
# https://docs.aws.amazon.com/aws-backup/latest/devguide/rds-backup.html
NIGHTLY = "cron(0 7 * * ? *)"
START_MINUTES, COMPLETE_MINUTES = 60, 360
POLICIES = (
    "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup",
    "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForRestores",
)


def backup_alarm(vault_name: str) -> Alarm:
    """https://docs.aws.amazon.com/aws-backup/latest/devguide/cloudwatch.html"""
    return Alarm(
        name="backups-failed",
        description="AWS Backup could not copy a table or the database.",
        namespace="AWS/Backup",
        metric="NumberOfBackupJobsFailed",
        statistic="Sum",
        threshold=0,
        dimensions={"BackupVaultName": vault_name},
    )


@dataclass(frozen=True, kw_only=True)
class BackupsArgs:
    """`arns` are what is copied."""

    prefix: str
    key_arn: pulumi.Input[str]
    account: Account
    arns: Sequence[pulumi.Input[str]]
    protect: bool


class Backups(pulumi.ComponentResource):
    """Kept for 35 days in a vault under the data key."""

    def __init__(self, name: str, args: BackupsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudshelf:security:Backups", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        vault = aws.backup.Vault(
            f"{name}-vault",
            name=args.prefix,
            kms_key_arn=args.key_arn,
            force_destroy=not args.protect,
            opts=pulumi.ResourceOptions(parent=self, protect=args.protect),
        )
        plan = aws.backup.Plan(
            f"{name}-plan",
            name=args.prefix,
            rules=[
                {
                    "rule_name": "nightly",
                    "target_vault_name": vault.name,
                    "schedule": NIGHTLY,
                    "start_window": START_MINUTES,
                    "completion_window": COMPLETE_MINUTES,
                    "lifecycle": {"delete_after": KEEP_DAYS},
                }
            ],
            opts=child,
        )
        role = aws.iam.Role(
            f"{name}-role",
            name=f"{args.prefix}-backups",
            assume_role_policy=trust_policy("backup.amazonaws.com", args.account.id),
            opts=child,
        )
        policies = [
            aws.iam.RolePolicyAttachment(
                f"{name}-{'backup' if number == 0 else 'restore'}", role=role.name, policy_arn=policy, opts=child
            )
            for number, policy in enumerate(POLICIES)
        ]
        aws.backup.Selection(
            f"{name}-selection",
            name=args.prefix,
            plan_id=plan.id,
            iam_role_arn=role.arn,
            resources=args.arns,
            opts=pulumi.ResourceOptions(parent=self, depends_on=policies),
        )
        self.register_outputs({})
