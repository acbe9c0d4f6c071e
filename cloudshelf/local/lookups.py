"""What the program asks AWS for while it runs, answered for this machine."""

import secrets
import string
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from cloudshelf.local.cognito_address import endpoint
from cloudshelf.local.network.vpc import MAIN_ROUTE_TABLE, GatewayEndpoint

if TYPE_CHECKING:
    from cloudshelf.local.world import World

Arguments = dict[str, Any]
Answer = Callable[["World", Arguments], dict[str, Any]]
DEFAULT_VPC, ZONES = "vpc-default", ("az1", "az2", "az3")
DEFAULT_CIDR = "172.31.0.0/16"
SUBNETS = {f"subnet-default-{zone}": f"use1-{zone}" for zone in ZONES}
PUNCTUATION = "!#$%&()*+,-.:;<=>?[]^_{|}~"


class UndecidedLookupError(LookupError):
    """The program asks for what nobody decided about."""


def answer(world: "World", token: str, arguments: Arguments) -> dict[str, Any]:
    """UndecidedLookupError for a look-up nobody decided about."""
    if token not in ANSWERS:
        raise UndecidedLookupError(
            f"{token}: the local cloud does not answer this look-up; see cloudshelf/local/lookups.py"
        )
    return ANSWERS[token](world, arguments)


def default_vpc() -> dict[str, Any]:
    """The account's default VPC: all of its subnets are public."""
    return {"vpcId": DEFAULT_VPC, "publicSubnetIds": list(SUBNETS), "privateSubnetIds": []}


def _region(world: "World", _: Arguments) -> dict[str, Any]:
    return {"region": world.region, "name": world.region, "id": world.region}


def _caller_identity(world: "World", _: Arguments) -> dict[str, Any]:
    return {"accountId": world.account_id, "id": world.account_id}


def _partition(_world: "World", _: Arguments) -> dict[str, Any]:
    return {"partition": "aws", "dnsSuffix": "amazonaws.com", "id": "aws"}


def _zones(world: "World", _: Arguments) -> dict[str, Any]:
    names = [f"{world.region}{letter}" for letter in "abc"]
    return {"names": names, "zoneIds": list(SUBNETS.values()), "id": world.region}


def _subnet(_: "World", arguments: Arguments) -> dict[str, Any]:
    return {"id": arguments["id"], "availabilityZoneId": SUBNETS[arguments["id"]]}


def _subnets(_world: "World", _: Arguments) -> dict[str, Any]:
    return {"ids": list(SUBNETS), "id": DEFAULT_VPC}


def _route_table(_world: "World", _: Arguments) -> dict[str, Any]:
    return {"routeTableId": MAIN_ROUTE_TABLE, "id": MAIN_ROUTE_TABLE}


def _prefix_list(world: "World", arguments: Arguments) -> dict[str, Any]:
    """Asked for by a stack that relies on a gateway endpoint it did not make: there is one then."""
    service = str(arguments["name"]).rpartition(".")[2]
    prefix_list = f"pl-{service}"
    endpoint = GatewayEndpoint(
        service=service, prefix_list=prefix_list, route_tables=frozenset({MAIN_ROUTE_TABLE}), policy=None
    )
    # Each preview asks again.
    world.vpc.add(lambda vpc: None if endpoint in vpc.gateway_endpoints else vpc.gateway_endpoints.append(endpoint))
    return {"id": prefix_list, "name": arguments["name"]}


def _secret_version(world: "World", arguments: Arguments) -> dict[str, Any]:
    found = world.aws.client("secretsmanager").get_secret_value(SecretId=arguments["secretId"])
    return {"secretString": found["SecretString"], "arn": found["ARN"], "id": found["ARN"]}


def _random_password(_: "World", arguments: Arguments) -> dict[str, Any]:
    alphabet = string.ascii_letters + string.digits + ("" if arguments.get("excludePunctuation") else PUNCTUATION)
    drawn = (secrets.choice(alphabet) for _ in range(int(arguments.get("passwordLength", 32))))
    return {"randomPassword": "".join(drawn), "id": "password"}


def _table(world: "World", arguments: Arguments) -> dict[str, Any]:
    """Another stack's: they share an account."""
    found = world.aws.client("dynamodb").describe_table(TableName=arguments["name"])["Table"]
    return {
        "name": found["TableName"],
        "arn": found["TableArn"],
        "streamArn": found.get("LatestStreamArn", ""),
        "id": found["TableName"],
    }


def _instance(world: "World", arguments: Arguments) -> dict[str, Any]:
    """Another stack's database."""
    identifier = str(arguments["dbInstanceIdentifier"])
    if identifier not in world.aws.instances:
        raise UndecidedLookupError(f"{identifier}: there is no such database in this account")
    found = world.aws.instances[identifier]
    return {
        "address": found.listener.host,
        "port": found.listener.port,
        "resourceId": found.resource_id,
        "vpcSecurityGroups": sorted(found.listener.groups),
        "id": identifier,
    }


def _subnet_group(_world: "World", arguments: Arguments) -> dict[str, Any]:
    return {"name": arguments["name"], "vpcId": DEFAULT_VPC, "id": arguments["name"]}


def _vpc(_world: "World", arguments: Arguments) -> dict[str, Any]:
    return {"id": arguments["id"], "cidrBlock": DEFAULT_CIDR, "mainRouteTableId": MAIN_ROUTE_TABLE}


def _user_pools(world: "World", arguments: Arguments) -> dict[str, Any]:
    """Another stack's; from now on this one's gateway takes their tokens, too."""
    listed = world.aws.client("cognito-idp").list_user_pools(MaxResults=60)["UserPools"]
    ids = [pool["Id"] for pool in listed if pool["Name"] == arguments["name"]]
    for pool in ids:
        world.user_pool_clients.setdefault(pool, set())
    return {"ids": ids, "arns": [world.arn("cognito-idp", f"userpool/{pool}") for pool in ids], "id": arguments["name"]}


def _user_pool_clients(world: "World", arguments: Arguments) -> dict[str, Any]:
    pool = arguments["userPoolId"]
    listed = world.aws.client("cognito-idp").list_user_pool_clients(UserPoolId=pool, MaxResults=60)["UserPoolClients"]
    world.user_pool_clients.setdefault(pool, set()).update(client["ClientId"] for client in listed)
    return {
        "clientIds": [client["ClientId"] for client in listed],
        "clientNames": [client["ClientName"] for client in listed],
        "id": pool,
    }


def _service(world: "World", arguments: Arguments) -> dict[str, Any]:
    """Where AWS's API of a service is; Cognito's public one is behind the shop's own port."""
    service = str(arguments["serviceId"])
    if service != "cognito-idp":
        raise UndecidedLookupError(f"{service}: the local cloud does not say where this service is")
    return {"dnsName": endpoint(world), "serviceId": service, "id": service}


ANSWERS: dict[str, Answer] = {
    "aws:cognito/getUserPoolClients:getUserPoolClients": _user_pool_clients,
    "aws:cognito/getUserPools:getUserPools": _user_pools,
    "aws:dynamodb/getTable:getTable": _table,
    "aws:ec2/getManagedPrefixList:getManagedPrefixList": _prefix_list,
    "aws:ec2/getRouteTable:getRouteTable": _route_table,
    "aws:ec2/getSubnet:getSubnet": _subnet,
    "aws:ec2/getSubnets:getSubnets": _subnets,
    "aws:ec2/getVpc:getVpc": _vpc,
    "aws:rds/getInstance:getInstance": _instance,
    "aws:rds/getSubnetGroup:getSubnetGroup": _subnet_group,
    "aws:index/getAvailabilityZones:getAvailabilityZones": _zones,
    "aws:index/getCallerIdentity:getCallerIdentity": _caller_identity,
    "aws:index/getPartition:getPartition": _partition,
    "aws:index/getRegion:getRegion": _region,
    "aws:index/getService:getService": _service,
    "aws:secretsmanager/getRandomPassword:getRandomPassword": _random_password,
    "aws:secretsmanager/getSecretVersion:getSecretVersion": _secret_version,
}
