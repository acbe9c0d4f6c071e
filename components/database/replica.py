"""A read replica: reports and searches that must not slow the shop down."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.database.database import (
    CERTIFICATE_AUTHORITY,
    INSIGHTS_DAYS,
    LOGS,
    MONITORING_INTERVAL_S,
    Database,
    log_groups,
)


@dataclass(frozen=True, kw_only=True)
class ReadReplicaArgs:
    """The replica follows `database` and has its class, key and security group."""

    database: Database
    instance_class: str
    key_arn: pulumi.Input[str]
    protect: bool


class ReadReplica(pulumi.ComponentResource):
    """`host` answers queries a moment behind the database."""

    host: pulumi.Output[str]
    identifier: pulumi.Output[str]

    def __init__(self, name: str, args: ReadReplicaArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudshelf:database:ReadReplica", name, None, opts)
        source = args.database
        identifier = f"{source.args.identifier}-replica"
        logs = log_groups(name, identifier, source.args, pulumi.ResourceOptions(parent=self))
        replica = aws.rds.Instance(
            f"{name}-instance",
            identifier=identifier,
            replicate_source_db=source.identifier,
            instance_class=args.instance_class,
            storage_encrypted=True,
            auto_minor_version_upgrade=True,
            ca_cert_identifier=CERTIFICATE_AUTHORITY,
            iam_database_authentication_enabled=True,
            publicly_accessible=False,
            parameter_group_name=source.instance.parameter_group_name,
            vpc_security_group_ids=[source.security_group.id],
            performance_insights_enabled=True,
            performance_insights_kms_key_id=args.key_arn,
            performance_insights_retention_period=INSIGHTS_DAYS,
            monitoring_interval=MONITORING_INTERVAL_S,
            monitoring_role_arn=source.monitoring_role_arn,
            enabled_cloudwatch_logs_exports=list(LOGS),
            copy_tags_to_snapshot=True,
            deletion_protection=args.protect,
            # It can be made again from its source.
            skip_final_snapshot=True,
            opts=pulumi.ResourceOptions(parent=self, protect=args.protect, depends_on=logs),
        )
        self.host, self.identifier = replica.address, replica.identifier
        self.register_outputs({"host": self.host})
