"""The way from a VPC to DynamoDB that leaves out the internet. It costs nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from components.account import Account
from components.grant import document
from components.network.security_group import SecurityGroup

# What stores do with items; a function's role says which of it the function may do, and on which table.
ITEM_ACTIONS = ("BatchGetItem", "BatchWriteItem", "DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem")
# What moving a whole table takes besides.
MOVE_ACTIONS = (*ITEM_ACTIONS, "DescribeTable", "Scan")


@dataclass(frozen=True, kw_only=True)
class DynamodbEndpointArgs:
    """Through it only `table_arns` and their indexes can be reached, and `moved_arns` whole, only by this account.

    `create` False relies on an endpoint the route tables have: a route table can have one. `shared` route tables lead
    others to DynamoDB, too: an endpoint there lets everything through, and roles alone say what functions may do.
    """

    vpc_id: pulumi.Input[str]
    route_table_ids: Sequence[pulumi.Input[str]]
    table_arns: Sequence[pulumi.Input[str]]
    moved_arns: Sequence[pulumi.Input[str]] = ()
    account: Account
    create: bool = True
    shared: bool = False


class DynamodbEndpoint(pulumi.ComponentResource):
    """`admit` lets a security group through."""

    prefix_list_id: pulumi.Output[str]

    def __init__(self, name: str, args: DynamodbEndpointArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudshelf:network:DynamodbEndpoint", name, None, opts)
        service = f"com.amazonaws.{args.account.region}.dynamodb"
        if args.create:
            endpoint = aws.ec2.VpcEndpoint(
                f"{name}-gateway",
                vpc_id=args.vpc_id,
                vpc_endpoint_type="Gateway",
                service_name=service,
                route_table_ids=args.route_table_ids,
                policy=None if args.shared else document(_statements(args)),
                opts=pulumi.ResourceOptions(parent=self),
            )
            self.prefix_list_id = endpoint.prefix_list_id
        else:
            found = aws.ec2.get_managed_prefix_list_output(name=service, opts=pulumi.InvokeOptions(parent=self))
            self.prefix_list_id = found.id
        self.register_outputs({"prefix_list_id": self.prefix_list_id})

    def admit(self, caller: SecurityGroup) -> None:
        caller.reach_prefix_list(self.prefix_list_id, "dynamodb")


def _statements(args: DynamodbEndpointArgs) -> Sequence[Mapping[str, Any]]:
    items = _statement(args.table_arns, ITEM_ACTIONS, args.account)
    return [items, _statement(args.moved_arns, MOVE_ACTIONS, args.account)] if args.moved_arns else [items]


def _statement(arns: Sequence[pulumi.Input[str]], actions: Sequence[str], account: Account) -> Mapping[str, Any]:
    # A gateway endpoint's policy cannot name principals by ARN; the condition says whose they must be:
    # https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
    indexes = [pulumi.Output.concat(arn, "/index/*") for arn in arns]
    return {
        "Effect": "Allow",
        "Principal": "*",
        "Action": [f"dynamodb:{action}" for action in actions],
        "Resource": [*arns, *indexes],
        "Condition": {"StringEquals": {"aws:PrincipalAccount": account.id}},
    }
