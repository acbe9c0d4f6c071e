"""Whether something else has a name the stack is to use."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cloudshelf.aws_account import NO_ANSWER, is_missing, told
from cloudshelf.doctor.context import Finding, Inquiry, ok, problem, unknown
from cloudshelf.graph import Node
from cloudshelf.leftovers.search import tagged

CHECK = "names"
ROLE = "aws:iam/role:Role"
FIX = "remove it, adopt it with `pulumi import`, or give the stack another name"


@dataclass(frozen=True, kw_only=True)
class Look:
    """How to ask for a resource by name: the service, the call, and the ARN in its answer, None if it is not there."""

    service: str
    named_by: str
    find: Callable[[Any, str], str | None]


def _group(logs: Any, name: str) -> str | None:
    found = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    return next((each["arn"].removesuffix(":*") for each in found if each["logGroupName"] == name), None)


def _parameter(ssm: Any, name: str) -> str | None:
    found = ssm.describe_parameters(ParameterFilters=[{"Key": "Name", "Values": [name]}])["Parameters"]
    return next((str(each.get("ARN", f"parameter{name}")) for each in found), None)


LOOKS: Mapping[str, Look] = {
    "aws:cloudwatch/logGroup:LogGroup": Look(service="logs", named_by="name", find=_group),
    "aws:dynamodb/table:Table": Look(
        service="dynamodb",
        named_by="name",
        find=lambda api, name: api.describe_table(TableName=name)["Table"]["TableArn"],
    ),
    ROLE: Look(service="iam", named_by="name", find=lambda api, name: api.get_role(RoleName=name)["Role"]["Arn"]),
    "aws:kms/alias:Alias": Look(
        service="kms", named_by="name", find=lambda api, name: api.describe_key(KeyId=name)["KeyMetadata"]["Arn"]
    ),
    "aws:lambda/function:Function": Look(
        service="lambda",
        named_by="name",
        find=lambda api, name: api.get_function(FunctionName=name)["Configuration"]["FunctionArn"],
    ),
    "aws:rds/instance:Instance": Look(
        service="rds",
        named_by="identifier",
        find=lambda api, name: api.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]["DBInstanceArn"],
    ),
    "aws:rds/proxy:Proxy": Look(
        service="rds",
        named_by="name",
        find=lambda api, name: api.describe_db_proxies(DBProxyName=name)["DBProxies"][0]["DBProxyArn"],
    ),
    "aws:rds/subnetGroup:SubnetGroup": Look(
        service="rds",
        named_by="name",
        find=lambda api, name: api.describe_db_subnet_groups(DBSubnetGroupName=name)["DBSubnetGroups"][0][
            "DBSubnetGroupArn"
        ],
    ),
    "aws:ssm/parameter:Parameter": Look(service="ssm", named_by="name", find=_parameter),
}


def names(inquiry: Inquiry) -> Iterator[Finding]:
    """Names with a part only AWS knows, as an API's id, cannot be looked up."""
    ours = _ours(inquiry)
    asked, clashes = 0, 0
    for node in inquiry.stack.graph.resources:
        if node.type not in LOOKS or LOOKS[node.type].named_by not in node.inputs:
            continue
        asked += 1
        found = _found(inquiry, node)
        if isinstance(found, Finding):
            yield found
        elif found and not any(each.endswith(found) for each in ours) and not _own_role(inquiry, node):
            clashes += 1
            yield problem(CHECK, f"{found} is there and is not this stack's", FIX)
    if asked and not clashes:
        yield ok(CHECK, f"none of {asked} names is somebody else's")


def _ours(inquiry: Inquiry) -> set[str]:
    regions = {inquiry.settings.region, *_regions(inquiry)}
    return {each.arn for each in tagged(inquiry.account, inquiry.stack.tags, sorted(regions))}


def _regions(inquiry: Inquiry) -> set[str]:
    return {str(node.inputs["region"]) for node in inquiry.stack.graph.resources if node.inputs.get("region")}


def _found(inquiry: Inquiry, node: Node) -> str | Finding | None:
    look = LOOKS[node.type]
    name = str(node.inputs[look.named_by])
    try:
        return look.find(inquiry.account.client(look.service, node.inputs.get("region")), name)
    except NO_ANSWER as error:
        return None if is_missing(error) else unknown(CHECK, f"{name}: {told(error)}")


def _own_role(inquiry: Inquiry, node: Node) -> bool:
    """The tagging API knows no roles."""
    if node.type != ROLE:
        return False
    role = inquiry.account.client("iam").get_role(RoleName=node.inputs["name"])["Role"]
    return inquiry.owns({tag["Key"]: tag["Value"] for tag in role.get("Tags", [])})
