"""Every role of every stack: who may take it, and what on."""

import json
import re
from typing import Any

from cloudshelf.graph import Graph
from tests.infra.provider import ACCOUNT

ROLE, POLICY = "aws:iam/role:Role", "aws:iam/rolePolicy:RolePolicy"
# AWS knows no resource for these: https://docs.aws.amazon.com/service-authorization/latest/reference/
UNSCOPED = {
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
}
MANAGED = {
    "AmazonAPIGatewayPushToCloudWatchLogs",
    "AmazonRDSEnhancedMonitoringRole",
    "AWSBackupServiceRolePolicyForBackup",
    "AWSBackupServiceRolePolicyForRestores",
}
# A log group's streams, a table's indexes and what is below a prefix have no other names.
BELOW = re.compile(r":\*$|/index/\*$")


def statements(graph: Graph) -> list[tuple[str, dict[str, Any]]]:
    return [
        (name, statement)
        for name, policy in graph.of(POLICY).items()
        for statement in json.loads(policy.inputs["policy"])["Statement"]
    ]


def test_a_role_is_taken_by_one_service_of_aws(graph: Graph) -> None:
    for name, role in graph.of(ROLE).items():
        (statement,) = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
        assert statement["Action"] == "sts:AssumeRole", name
        assert statement["Principal"].keys() == {"Service"}, name
        assert isinstance(statement["Principal"]["Service"], str), name


def test_no_action_is_a_wildcard(graph: Graph) -> None:
    assert not [(name, s) for name, s in statements(graph) for action in s["Action"] if "*" in action]


def test_a_permission_is_on_named_resources_where_aws_knows_any(graph: Graph) -> None:
    for name, statement in statements(graph):
        if statement["Effect"] == "Deny":
            continue
        if statement["Resource"] == "*":
            assert set(statement["Action"]) <= UNSCOPED, name
        else:
            assert not [arn for arn in statement["Resource"] if "*" in BELOW.sub("", arn)], name


def test_code_inside_a_vpc_cannot_touch_network_interfaces_itself(graph: Graph) -> None:
    for name, function in graph.of("aws:lambda/function:Function").items():
        if "vpcConfig" not in function.inputs:
            continue
        own = [s for policy, s in statements(graph) if policy == f"{name.removesuffix('-function')}-policy"]
        (denied,) = [s for s in own if s["Effect"] == "Deny"]
        arn = denied["Condition"]["ArnEquals"]["lambda:SourceFunctionArn"]
        assert arn == function.outputs["arn"], name
        assert set(denied["Action"]) == {action for action in UNSCOPED if action.startswith("ec2:")}


def test_a_function_signs_in_as_its_own_database_user(graph: Graph) -> None:
    signed_in = {}
    for name, statement in statements(graph):
        if statement["Action"] == ["rds-db:connect"]:
            signed_in.setdefault(name.removesuffix("-policy"), []).extend(statement["Resource"])
    told = {
        name.removesuffix("-function"): function.inputs["environment"]["variables"].get("DATABASE_USER")
        for name, function in graph.of("aws:lambda/function:Function").items()
    }
    assert {n: [f"{n}"] for n, user in told.items() if user} == {
        name: [arn.rpartition("/")[2] for arn in arns] for name, arns in signed_in.items() if name in told
    }
    assert all(user in (None, name) for name, user in told.items())


def test_managed_policies_are_those_that_services_of_aws_need(graph: Graph) -> None:
    attached = graph.of("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
    named = {a.inputs["policyArn"].rpartition("/")[2] for a in attached.values()}
    assert named <= MANAGED


def test_a_role_that_another_service_takes_is_for_this_account_where_the_service_says_which(phase2: Graph) -> None:
    told = ("backup", "monitoring.rds", "vpc-flow-logs")
    checked = set()
    for role in phase2.of(ROLE).values():
        (statement,) = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
        service = statement["Principal"]["Service"].removesuffix(".amazonaws.com")
        if service in told:
            assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
            checked.add(service)
    assert checked == set(told)


def test_each_function_has_a_role_of_its_own(graph: Graph) -> None:
    functions = graph.of("aws:lambda/function:Function")
    assert len({function.inputs["role"] for function in functions.values()}) == len(functions)
