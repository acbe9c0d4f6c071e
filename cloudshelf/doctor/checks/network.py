"""Region, network and database: what must be there, and fit."""

from collections.abc import Iterator
from typing import Any

from cloudshelf.doctor.context import Finding, Inquiry, configure, ok, problem
from components.network.default_vpc import FIX
from components.network.zones import TooFewZones, choose
from settings import GatewayEndpoint, Phase

REGION = "region"


def region(inquiry: Inquiry) -> Iterator[Finding]:
    """And those its tables are copied to."""
    found = inquiry.account.client("ec2").describe_regions(AllRegions=True)["Regions"]
    states = {each["RegionName"]: each["OptInStatus"] for each in found}
    for name in (inquiry.settings.region, *inquiry.settings.cart_replica_regions):
        if name not in states:
            yield problem(REGION, f"AWS has no region {name}", "pulumi config set aws:region us-east-1")
        elif states[name] == "not-opted-in":
            yield problem(REGION, f"{name} is not enabled", f"aws account enable-region --region-name {name}")
        else:
            yield ok(REGION, name)


NETWORK = "network"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"


def network(inquiry: Inquiry) -> Iterator[Finding]:
    if inquiry.settings.phase is not Phase.ENHANCED:
        return
    ec2, wanted = inquiry.account.client("ec2"), inquiry.settings.network.vpc_id
    chosen = {"Name": "vpc-id", "Values": [wanted]} if wanted else {"Name": "is-default", "Values": ["true"]}
    found = ec2.describe_vpcs(Filters=[chosen])["Vpcs"]
    if not found:
        missing = f"there is no VPC {wanted}" if wanted else f"{inquiry.settings.region} has no default VPC"
        yield problem(NETWORK, missing, FIX)
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
        return problem(NETWORK, str(error), FIX)
    return ok(NETWORK, f"{vpc_id} has subnets in {len(by_zone)} zones; {' and '.join(used)} are used")


def _endpoint(inquiry: Inquiry, ec2: Any, vpc_id: str) -> Iterator[Finding]:
    """A route table can have one gateway endpoint for DynamoDB."""
    service = f"com.amazonaws.{inquiry.settings.region}.dynamodb"
    filters = [{"Name": "vpc-id", "Values": [vpc_id]}, {"Name": "service-name", "Values": [service]}]
    found = ec2.describe_vpc_endpoints(Filters=filters)["VpcEndpoints"]
    others = [each for each in found if not inquiry.owns({tag["Key"]: tag["Value"] for tag in each.get("Tags", [])})]
    creates = inquiry.settings.network.dynamodb_endpoint is GatewayEndpoint.CREATE
    if creates and others:
        says = f"{vpc_id} has a DynamoDB endpoint already: {others[0]['VpcEndpointId']}"
        yield problem(NETWORK, says, configure("dynamodbEndpoint", "reuse", inquiry.stack.name))
    elif not creates and not found:
        says = f"{vpc_id} has no DynamoDB endpoint to reuse"
        yield problem(NETWORK, says, configure("dynamodbEndpoint", "create", inquiry.stack.name))
    else:
        yield ok(NETWORK, f"the DynamoDB endpoint of {vpc_id} can be {'made' if creates else 'reused'}")


DATABASE = "database"
INSTANCE = "aws:rds/instance:Instance"


def database(inquiry: Inquiry) -> Iterator[Finding]:
    for node in inquiry.stack.graph.of(INSTANCE).values():
        if "replicateSourceDb" not in node.inputs:
            yield from _offered(inquiry, node.inputs)


def _offered(inquiry: Inquiry, given: dict[str, Any]) -> Iterator[Finding]:
    rds = inquiry.account.client("rds")
    engine, major, size = given["engine"], str(given["engineVersion"]), given["instanceClass"]
    versions = rds.describe_db_engine_versions(Engine=engine, EngineVersion=major, DefaultOnly=True)
    found = versions["DBEngineVersions"]
    where = inquiry.settings.region
    if not found:
        yield problem(
            DATABASE, f"RDS in {where} has no {engine} {major}", "choose another region: pulumi config set aws:region"
        )
        return
    version = found[0]["EngineVersion"]
    pages = rds.get_paginator("describe_orderable_db_instance_options").paginate(
        Engine=engine, EngineVersion=version, DBInstanceClass=size
    )
    options = [option for page in pages for option in page["OrderableDBInstanceOptions"]]
    fitting = [option for option in options if _fits(option, given)]
    if fitting:
        yield ok(DATABASE, f"{engine} {version} on {size} with {given['storageType']} is on offer in {where}")
        return
    zones = " in two zones" if given.get("multiAz") else ""
    says = f"RDS in {where} does not offer {engine} {version} on {size} with {given['storageType']}{zones}"
    yield problem(DATABASE, says, configure("databaseInstanceClass", "db.t4g.micro", inquiry.stack.name))


def _fits(option: dict[str, Any], given: dict[str, Any]) -> bool:
    return option["StorageType"] == given["storageType"] and (option["MultiAZCapable"] or not given.get("multiAz"))
