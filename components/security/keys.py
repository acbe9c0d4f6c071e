"""The stack's own encryption keys: for data, for logs and for parameters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from components.account import Account
from components.delivery.domain import CLOUDFRONT_REGION
from components.grant import Grant, document
from components.security.key_policies import alarms, log_groups, owner, trail_statement

DELETION_DAYS = 30


@dataclass(frozen=True, kw_only=True)
class KeysArgs:
    """`prefix` begins every alias; `protect` keeps the keys when the stack is destroyed.

    `data_regions` are further regions that hold data under the data key's twin there.
    """

    prefix: str
    account: Account
    data_regions: Sequence[str] = ()
    protect: bool


class Keys(pulumi.ComponentResource):
    """Each an ARN, `data_twins` by region. AWS turns every key's material over once a year.

    `edge_logs` is for the logs of CloudFront and its firewall, which are in CloudFront's region.
    """

    data: pulumi.Output[str]
    data_twins: Mapping[str, pulumi.Output[str]]
    logs: pulumi.Output[str]
    edge_logs: pulumi.Output[str]
    parameters: pulumi.Output[str]

    def __init__(self, name: str, args: KeysArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudshelf:security:Keys", name, None, opts)
        self._args = args
        # A key that has been made for one region cannot be given a twin later.
        self.data = self._key("data", "tables, database and backups", [], multi_region=True)
        self.data_twins = {region: self._twin(region) for region in args.data_regions}
        services = [log_groups(args.account.region, args.account.id), _trail(args), *alarms(args.account.id)]
        self.logs = self._key("logs", "logs, trail and alarms", services)
        self.edge_logs = self.logs if args.account.region == CLOUDFRONT_REGION else self._edge_key()
        self.parameters = self._key("parameters", "secrets in Parameter Store", [])
        self.register_outputs({"data": self.data, "logs": self.logs, "parameters": self.parameters})

    def use_data_through(self, service: str) -> Grant:
        """Lets a function read and write what `service`, such as dynamodb, keeps under the data key."""
        actions = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"]
        return Grant(actions=actions, resources=[self.data], condition=self._via(service))

    def read_data_through(self, service: str) -> Grant:
        """Lets a function read what `service`, such as s3, keeps under the data key."""
        return Grant(actions=["kms:Decrypt"], resources=[self.data], condition=self._via(service))

    def read_parameter(self, arn: pulumi.Input[str]) -> Grant:
        """Lets a function decrypt this parameter and no other."""
        context = {"StringEquals": {"kms:EncryptionContext:PARAMETER_ARN": arn}}
        return Grant(actions=["kms:Decrypt"], resources=[self.parameters], condition=context)

    def _via(self, service: str) -> Mapping[str, Mapping[str, str]]:
        return {"StringEquals": {"kms:ViaService": f"{service}.{self._args.account.region}.amazonaws.com"}}

    def _key(
        self,
        name: str,
        purpose: str,
        statements: Sequence[Mapping[str, Any]],
        *,
        region: str | None = None,
        multi_region: bool = False,
    ) -> pulumi.Output[str]:
        key = aws.kms.Key(
            f"{name}-key",
            region=region,
            description=f"{self._args.prefix}: {purpose}",
            enable_key_rotation=True,
            deletion_window_in_days=DELETION_DAYS,
            multi_region=multi_region,
            policy=document([owner(self._args.account.id), *statements]),
            opts=pulumi.ResourceOptions(parent=self, protect=self._args.protect),
        )
        aws.kms.Alias(
            f"{name}-alias",
            region=region,
            name=f"alias/{self._args.prefix}-{name}",
            target_key_id=key.key_id,
            opts=pulumi.ResourceOptions(parent=self),
        )
        return key.arn

    def _edge_key(self) -> pulumi.Output[str]:
        services = [log_groups(CLOUDFRONT_REGION, self._args.account.id)]
        return self._key("edge-logs", "CloudFront's logs", services, region=CLOUDFRONT_REGION)

    def _twin(self, region: str) -> pulumi.Output[str]:
        twin = aws.kms.ReplicaKey(
            f"data-key-{region}",
            region=region,
            description=f"{self._args.prefix}: copies of tables",
            primary_key_arn=self.data,
            deletion_window_in_days=DELETION_DAYS,
            policy=document([owner(self._args.account.id)]),
            opts=pulumi.ResourceOptions(parent=self, protect=self._args.protect),
        )
        return twin.arn


def _trail(args: KeysArgs) -> Mapping[str, Any]:
    return trail_statement(args.account.trail_arn(args.prefix))
