"""The way from a VPC to one S3 bucket that leaves out the internet. It costs nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.account import Account
from components.grant import document
from components.network.security_group import SecurityGroup


@dataclass(frozen=True, kw_only=True)
class S3EndpointArgs:
    """Through it only the bucket can be read, and only by this account. In a VPC `shared` with others, who may use S3
    as before, roles alone say what can be read.

    `create` False relies on an endpoint the route tables have: a route table can have one.
    """

    vpc_id: pulumi.Input[str]
    route_table_ids: Sequence[pulumi.Input[str]]
    bucket_arn: pulumi.Input[str]
    account: Account
    shared: bool = False
    create: bool = True


class S3Endpoint(pulumi.ComponentResource):
    """`admit` lets a security group through."""

    prefix_list_id: pulumi.Output[str]

    def __init__(self, name: str, args: S3EndpointArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudshelf:network:S3Endpoint", name, None, opts)
        service = f"com.amazonaws.{args.account.region}.s3"
        if args.create:
            endpoint = aws.ec2.VpcEndpoint(
                f"{name}-gateway",
                vpc_id=args.vpc_id,
                vpc_endpoint_type="Gateway",
                service_name=service,
                route_table_ids=args.route_table_ids,
                policy=None if args.shared else document([_statement(args)]),
                opts=pulumi.ResourceOptions(parent=self),
            )
            self.prefix_list_id = endpoint.prefix_list_id
        else:
            found = aws.ec2.get_managed_prefix_list_output(name=service, opts=pulumi.InvokeOptions(parent=self))
            self.prefix_list_id = found.id
        self.register_outputs({"prefix_list_id": self.prefix_list_id})

    def admit(self, caller: SecurityGroup) -> None:
        caller.reach_prefix_list(self.prefix_list_id, "s3")


def _statement(args: S3EndpointArgs) -> dict[str, object]:
    return {
        "Effect": "Allow",
        "Principal": "*",
        "Action": ["s3:GetObject", "s3:ListBucket"],
        "Resource": [args.bucket_arn, pulumi.Output.concat(args.bucket_arn, "/*")],
        "Condition": {"StringEquals": {"aws:PrincipalAccount": args.account.id}},
    }
