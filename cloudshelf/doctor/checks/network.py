"""The VPC a stack borrows: enhanced's."""

from collections.abc import Iterator
from typing import Any

from cloudshelf.doctor.finding import Finding, ok, problem
from cloudshelf.doctor.inquiry import Inquiry, configure
from components.network.default_vpc import FIX
from components.network.zones import TooFewZones, choose
from settings import GatewayEndpoint, Phase

CHECK = "network"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"


def network(inquiry: Inquiry) -> Iterator[Finding]:
    if inquiry.settings.phase is not Phase.ENHANCED:
        return
    ec2, wanted = inquiry.account.client("ec2"), inquiry.settings.network.vpc_id
    chosen = {"Name": "vpc-id", "Values": [wanted]} if wanted else {"Name": "is-default", "Values": ["true"]}
    found = ec2.describe_vpcs(Filters=[chosen])["Vpcs"]
    if not found:
        missing = f"there is no VPC {wanted}" if wanted else f"{inquiry.settings.region} has no default VPC"
        yield problem(CHECK, missing, FIX)
        return
    vpc_id = found[0]["VpcId"]
    yield _zones(ec2, vpc_id)
    yield from _endpoint(inquiry, ec2, vpc_id)


def _zones(ec2: Any, vpc_id: str) -> Finding:
    subnets = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc_id]}])["Subnets"]
    by_zone = {each["AvailabilityZoneId"]: each["SubnetId"] for each in reversed(subnets)}
    try:
        used = choose(by_zone, vpc_id)
    except TooFewZones as error:
        return problem(CHECK, str(error), FIX)
    return ok(CHECK, f"{vpc_id} has subnets in {len(by_zone)} zones; {' and '.join(used)} are used")


def _endpoint(inquiry: Inquiry, ec2: Any, vpc_id: str) -> Iterator[Finding]:
    """A route table can have one gateway endpoint for DynamoDB."""
    service = f"com.amazonaws.{inquiry.settings.region}.dynamodb"
    filters = [{"Name": "vpc-id", "Values": [vpc_id]}, {"Name": "service-name", "Values": [service]}]
    found = ec2.describe_vpc_endpoints(Filters=filters)["VpcEndpoints"]
    others = [each for each in found if not inquiry.owns({tag["Key"]: tag["Value"] for tag in each.get("Tags", [])})]
    creates = inquiry.settings.network.dynamodb_endpoint is GatewayEndpoint.CREATE
    if creates and others:
        says = f"{vpc_id} has a DynamoDB endpoint already: {others[0]['VpcEndpointId']}"
        yield problem(CHECK, says, configure("dynamodbEndpoint", "reuse", inquiry.stack.name))
    elif not creates and not found:
        says = f"{vpc_id} has no DynamoDB endpoint to reuse"
        yield problem(CHECK, says, configure("dynamodbEndpoint", "create", inquiry.stack.name))
    else:
        yield ok(CHECK, f"the DynamoDB endpoint of {vpc_id} can be {'made' if creates else 'reused'}")
