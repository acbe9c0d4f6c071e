"""PostgreSQL on RDS, reached through one security group and nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi_aws.rds.outputs import InstanceMasterUserSecret

from components.account import Account
from components.database.access import connect_grant
from components.database.parameters import FAMILY, parameters
from components.grant import Grant, trust_policy
from components.network.acls import POSTGRESQL
from components.network.security_group import SecurityGroup

NAME, MASTER = "cloudshelf", "shelfmaster"
ENGINE, MAJOR = "postgres", "15"
LOGS = ("postgresql", "upgrade")
# For backups and for maintenance, in UTC, of a database that always runs.
WINDOWS = ("02:00-03:00", "sun:03:30-sun:04:30")
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html
CERTIFICATE_AUTHORITY = "rds-ca-rsa2048-g1"
MONITORING_POLICY = "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
MONITORING_INTERVAL_S, INSIGHTS_DAYS = 60, 7


@dataclass(frozen=True, kw_only=True)
class DatabaseArgs:
    """Storage in GiB, `most_storage` 0 for one that does not grow. `windows` are for backups and maintenance, in UTC.

    `password` None lets RDS make the master password and keep it in Secrets Manager. `key_arn` None encrypts with AWS's
    own key. `watched` measures the operating system every minute, and what each query waits for.
    """

    account: Account
    identifier: str
    subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    security_group: SecurityGroup
    instance_class: str
    storage: int
    most_storage: int
    storage_type: str
    backup_days: int
    windows: tuple[str, str] = WINDOWS
    multi_az: bool
    password: pulumi.Output[str] | None = None
    key_arn: pulumi.Input[str] | None = None
    log_key_arn: pulumi.Input[str] | None = None
    log_retention_days: int
    watched: bool = False
    protect: bool


class Database(pulumi.ComponentResource):
    """Data is encrypted at rest and on its way; functions sign in with IAM tokens."""

    account: Account
    args: DatabaseArgs
    identifier: pulumi.Output[str]
    arn: pulumi.Output[str]
    host: pulumi.Output[str]
    master_secret_arn: pulumi.Output[str]
    monitoring_role_arn: pulumi.Output[str] | None
    instance: aws.rds.Instance

    def __init__(self, name: str, args: DatabaseArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudshelf:database:Database", name, None, opts)
        self._name, self.args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        self.account, self.security_group = args.account, args.security_group
        ready: list[pulumi.Resource] = [*log_groups(name, args.identifier, args, self._child)]
        self.monitoring_role_arn = None
        if args.watched:
            role, policy = self._monitoring_role()
            self.monitoring_role_arn = role.arn
            # RDS refuses a role that may not write yet.
            ready.append(policy)
        self.instance = self._instance(ready)
        self.identifier, self.arn, self.host = self.instance.identifier, self.instance.arn, self.instance.address
        self.master_secret_arn = self.instance.master_user_secrets.apply(_secret_arn)
        self.register_outputs({"host": self.host, "arn": self.arn})

    def admit(self, caller: SecurityGroup) -> None:
        self.security_group.admit(caller, POSTGRESQL, "PostgreSQL")

    def connect(self, user: str) -> Grant:
        return connect_grant(self.account, self.instance.resource_id, user)

    def address(self) -> Mapping[str, pulumi.Input[str]]:
        """Where a function finds the database."""
        return address(self.host)

    def environment(self, user: str) -> Mapping[str, pulumi.Input[str]]:
        return {**self.address(), "DATABASE_USER": user}

    def _instance(self, ready: Sequence[pulumi.Resource]) -> aws.rds.Instance:
        name, args = self._name, self.args
        subnets = aws.rds.SubnetGroup(
            f"{name}-subnets", name=args.identifier, subnet_ids=args.subnet_ids, opts=self._child
        )
        group = aws.rds.ParameterGroup(
            f"{name}-parameters",
            name_prefix=f"{args.identifier}-",
            family=FAMILY,
            parameters=parameters(args.instance_class),
            opts=self._child,
        )
        return aws.rds.Instance(
            f"{name}-instance",
            identifier=args.identifier,
            engine=ENGINE,
            engine_version=MAJOR,
            auto_minor_version_upgrade=True,
            # Without it AWS charges for a version that the community has given up, and does not say so.
            engine_lifecycle_support="open-source-rds-extended-support-disabled",
            instance_class=args.instance_class,
            allocated_storage=args.storage,
            max_allocated_storage=args.most_storage or None,
            storage_type=args.storage_type,
            storage_encrypted=True,
            kms_key_id=args.key_arn,
            db_name=NAME,
            username=MASTER,
            manage_master_user_password=None if args.password else True,
            password=args.password,
            iam_database_authentication_enabled=True,
            ca_cert_identifier=CERTIFICATE_AUTHORITY,
            multi_az=args.multi_az,
            publicly_accessible=False,
            db_subnet_group_name=subnets.name,
            parameter_group_name=group.name,
            vpc_security_group_ids=[self.security_group.id],
            backup_retention_period=args.backup_days,
            backup_window=args.windows[0],
            maintenance_window=args.windows[1],
            # What is declared holds when the deployment is over, not after the next maintenance window.
            apply_immediately=True,
            delete_automated_backups=not args.protect,
            copy_tags_to_snapshot=True,
            deletion_protection=args.protect,
            skip_final_snapshot=not args.protect,
            final_snapshot_identifier=f"{args.identifier}-final" if args.protect else None,
            enabled_cloudwatch_logs_exports=list(LOGS),
            monitoring_interval=MONITORING_INTERVAL_S if args.watched else None,
            monitoring_role_arn=self.monitoring_role_arn,
            performance_insights_enabled=args.watched,
            performance_insights_kms_key_id=args.key_arn if args.watched else None,
            performance_insights_retention_period=INSIGHTS_DAYS if args.watched else None,
            opts=pulumi.ResourceOptions(
                parent=self,
                protect=args.protect,
                depends_on=ready,
                # RDS raises it as the data grows.
                ignore_changes=["allocatedStorage"] if args.most_storage else None,
            ),
        )

    def _monitoring_role(self) -> tuple[aws.iam.Role, aws.iam.RolePolicyAttachment]:
        role = aws.iam.Role(
            f"{self._name}-monitoring",
            name=f"{self.args.identifier}-monitoring",
            assume_role_policy=trust_policy("monitoring.rds.amazonaws.com", self.args.account.id),
            opts=self._child,
        )
        policy = aws.iam.RolePolicyAttachment(
            f"{self._name}-monitoring-policy", role=role.name, policy_arn=MONITORING_POLICY, opts=self._child
        )
        return role, policy


def log_groups(
    name: str, identifier: str, args: DatabaseArgs, opts: pulumi.ResourceOptions
) -> list[aws.cloudwatch.LogGroup]:
    """Where an instance writes its logs, kept as long and encrypted as `args` say."""
    # RDS makes groups of these names, and would keep their lines for ever.
    return [
        aws.cloudwatch.LogGroup(
            f"{name}-{log}-logs",
            name=f"/aws/rds/instance/{identifier}/{log}",
            retention_in_days=args.log_retention_days,
            kms_key_id=args.log_key_arn,
            opts=opts,
        )
        for log in LOGS
    ]


def _secret_arn(secrets: Sequence[InstanceMasterUserSecret]) -> str:
    return (secrets[0].secret_arn or "") if secrets else ""


def address(host: pulumi.Input[str]) -> Mapping[str, pulumi.Input[str]]:
    return {"DATABASE_HOST": host, "DATABASE_PORT": str(POSTGRESQL), "DATABASE_NAME": NAME}
