"""A provider that answers with what AWS would have computed, for capturing a stack without AWS."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pulumi

ACCOUNT, REGION = "111122223333", "us-east-1"


class UnansweredLookup(LookupError):
    """The program asks AWS for something this provider has no answer for."""


def _arn(service: str, rest: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{rest}"


def _function(name: str) -> dict[str, Any]:
    arn = _arn("lambda", f"function:{name}")
    invoke = f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{arn}/invocations"
    return {"arn": arn, "invokeArn": invoke}


def _bucket(name: str) -> dict[str, Any]:
    domain = f"{name}.s3.{REGION}.amazonaws.com"
    return {"bucket": name, "arn": f"arn:aws:s3:::{name}", "bucketRegionalDomainName": domain}


def _proxy(name: str) -> dict[str, Any]:
    return {
        "arn": _arn("rds", "db-proxy:prx-0123456789abcdef0"),
        "endpoint": f"{name}.proxy-x.{REGION}.rds.amazonaws.com",
    }


def _database(name: str) -> dict[str, Any]:
    return {
        "arn": _arn("rds", f"db:{name}"),
        "identifier": name,
        "address": f"{name}.x.{REGION}.rds.amazonaws.com",
        "resourceId": "db-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "masterUserSecrets": [{"secretArn": _arn("secretsmanager", "secret:rds!db-1")}],
    }


def _clients(arguments: Mapping[str, Any]) -> dict[str, Any]:
    prefix = str(arguments["userPoolId"]).partition("_")[2].removesuffix("-users")
    return {"clientIds": [f"{prefix}-storefront-id"], "clientNames": [f"{prefix}-storefront"]}


def _certificate(name: str) -> dict[str, Any]:
    proof = {"resourceRecordName": f"_x.{name}", "resourceRecordType": "CNAME", "resourceRecordValue": "_y.acm"}
    return {"arn": f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/{name}", "domainValidationOptions": [proof]}


def _edge_arn(service: str, kind: str) -> Callable[[str], dict[str, Any]]:
    return lambda name: {"arn": _arn(service, f"{kind}{name}")}


COMPUTED: dict[str, Callable[[str], dict[str, Any]]] = {
    "aws:acm/certificate:Certificate": _certificate,
    "aws:apigateway/apiKey:ApiKey": lambda n: {"value": f"key-of-{n}"},
    "aws:apigateway/restApi:RestApi": lambda n: {"executionArn": _arn("execute-api", f"{n}-id")},
    "aws:apigateway/stage:Stage": lambda n: {"arn": f"arn:aws:apigateway:{REGION}::/restapis/x/stages/{n}"},
    "aws:cloudfront/realtimeLogConfig:RealtimeLogConfig": _edge_arn("cloudfront", "realtime-log-config/"),
    "aws:cloudwatch/eventRule:EventRule": _edge_arn("events", "rule/"),
    "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": _edge_arn("logs", "delivery-destination:"),
    "aws:ec2/eip:Eip": lambda n: {"allocationId": f"eipalloc-{n}"},
    "aws:ec2/vpcEndpoint:VpcEndpoint": lambda n: {"prefixListId": f"pl-{n}"},
    "aws:kinesis/stream:Stream": _edge_arn("kinesis", "stream/"),
    "aws:kms/key:Key": lambda n: {"arn": _arn("kms", f"key/{n}"), "keyId": n},
    "aws:kms/replicaKey:ReplicaKey": lambda n: {"arn": _arn("kms", f"key/{n}")},
    "aws:rds/instance:Instance": _database,
    "aws:rds/parameterGroup:ParameterGroup": lambda n: {"name": n},
    "aws:rds/proxy:Proxy": _proxy,
    "aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup": lambda _: {"name": "default"},
    "aws:route53/record:Record": lambda n: {"fqdn": n},
    "aws:sqs/queue:Queue": lambda n: {
        "arn": _arn("sqs", n),
        "url": f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{n}",
    },
    "aws:sfn/stateMachine:StateMachine": lambda n: {"arn": _arn("states", f"stateMachine:{n}")},
    "aws:cloudfront/function:Function": lambda n: {"arn": f"arn:aws:cloudfront::{ACCOUNT}:function/{n}"},
    "aws:cloudfront/keyValueStore:KeyValueStore": lambda n: {
        "arn": f"arn:aws:cloudfront::{ACCOUNT}:key-value-store/{n}"
    },
    "aws:ssm/parameter:Parameter": lambda n: {"arn": _arn("ssm", f"parameter{n}")},
    "aws:wafv2/webAcl:WebAcl": lambda n: {"arn": _arn("wafv2", f"webacl/{n}")},
    "aws:cloudfront/distribution:Distribution": lambda n: {
        "hostedZoneId": "Z2FDTNDATAQYW2",
        "arn": f"arn:aws:cloudfront::{ACCOUNT}:distribution/{n}",
        "domainName": f"{n}.cloudfront.net",
    },
    "aws:cloudwatch/logGroup:LogGroup": lambda n: {"arn": _arn("logs", f"log-group:{n}")},
    "aws:cognito/userPool:UserPool": lambda n: {
        "arn": _arn("cognito-idp", f"userpool/{REGION}_{n}"),
        "endpoint": f"cognito-idp.{REGION}.amazonaws.com/{REGION}_{n}",
    },
    "aws:dynamodb/table:Table": lambda n: {"arn": _arn("dynamodb", f"table/{n}")},
    "aws:iam/role:Role": lambda n: {"name": n, "arn": f"arn:aws:iam::{ACCOUNT}:role/{n}"},
    "aws:lambda/function:Function": _function,
    "aws:s3/bucket:Bucket": _bucket,
    "aws:sns/topic:Topic": lambda n: {"arn": _arn("sns", n)},
}
LOOKUPS: dict[str, dict[str, Any]] = {
    "aws:index/getCallerIdentity:getCallerIdentity": {"accountId": ACCOUNT, "id": ACCOUNT},
    "aws:ec2/getRouteTable:getRouteTable": {"routeTableId": "rtb-main"},
    "aws:ec2/getManagedPrefixList:getManagedPrefixList": {"id": "pl-dynamodb"},
    "aws:index/getService:getService": {"dnsName": f"cognito-idp.{REGION}.amazonaws.com"},
    "aws:secretsmanager/getSecretVersion:getSecretVersion": {
        "secretString": '{"username": "shelfmaster", "password": "hunter2"}'
    },
    "aws:secretsmanager/getRandomPassword:getRandomPassword": {"randomPassword": "a" * 40},
}
# What another stack made, by the arguments of the look-up.
NAMED_LOOKUPS: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "aws:cognito/getUserPoolClients:getUserPoolClients": _clients,
    "aws:cognito/getUserPools:getUserPools": lambda a: {
        "ids": [f"{REGION}_{a['name']}"],
        "arns": [_arn("cognito-idp", f"userpool/{REGION}_{a['name']}")],
    },
    "aws:ec2/getVpc:getVpc": lambda a: {"id": a["id"], "cidrBlock": "172.31.0.0/16", "mainRouteTableId": "rtb-main"},
    "aws:rds/getInstance:getInstance": lambda a: {
        "address": f"{a['dbInstanceIdentifier']}.x.{REGION}.rds.amazonaws.com",
        "resourceId": "db-ZYXWVUTSRQPONMLKJIHGFEDCBA",
        "vpcSecurityGroups": ["sg-of-the-source"],
    },
    "aws:rds/getSubnetGroup:getSubnetGroup": lambda a: {"name": a["name"], "vpcId": "vpc-default"},
    "aws:dynamodb/getTable:getTable": lambda a: {
        "name": a["name"],
        "arn": _arn("dynamodb", f"table/{a['name']}"),
        "streamArn": _arn("dynamodb", f"table/{a['name']}/stream/2026-01-01T00:00:00.000"),
    },
}
SUBNET = "aws:ec2/getSubnet:getSubnet"
DEFAULT_VPC = "awsx:ec2:DefaultVpc"
SIX_ZONES = {f"subnet-{number}": f"use1-az{number}" for number in (6, 5, 4, 3, 2, 1)}


class Provider(pulumi.runtime.Mocks):
    """Echoes inputs and adds computed properties. A look-up nobody planned raises UnansweredLookup.

    `subnets` are the default VPC's, with the zone id of each; `zones` says how many the region has.
    """

    def __init__(self, subnets: Mapping[str, str] = SIX_ZONES, zones: int = 6, region: str = REGION) -> None:
        self._subnets, self._zones, self._region = dict(subnets), zones, region

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        if args.typ == DEFAULT_VPC:
            return "", {"vpcId": "vpc-default", "publicSubnetIds": list(self._subnets), "privateSubnetIds": []}
        name = args.inputs.get("name") or args.inputs.get("identifier") or args.name
        computed = COMPUTED[args.typ](name) if args.typ in COMPUTED else {}
        return f"{args.name}-id", {**args.inputs, **self._moved(computed, args.inputs.get("region"))}

    def _moved(self, computed: dict[str, Any], region: str | None) -> dict[str, Any]:
        """What is computed, in the stack's region or in the one the resource names."""
        text = json.dumps(computed).replace(REGION, region or self._region)
        moved: dict[str, Any] = json.loads(text)
        return moved

    def call(self, args: pulumi.runtime.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        answers = {
            **LOOKUPS,
            "aws:ec2/getSubnets:getSubnets": {"ids": list(self._subnets)},
            "aws:index/getAvailabilityZones:getAvailabilityZones": self._zones_of_region(),
            "aws:index/getRegion:getRegion": {"region": self._region, "id": self._region},
        }
        if args.token == SUBNET:
            subnet = args.args["id"]
            return {"id": subnet, "availabilityZoneId": self._subnets[subnet]}, []
        if args.token in NAMED_LOOKUPS:
            return self._moved(NAMED_LOOKUPS[args.token](args.args), None), []
        if args.token not in answers:
            raise UnansweredLookup(f"{args.token}: add an answer to cloudshelf/graph/provider.py")
        return self._moved(answers[args.token], None), []

    def _zones_of_region(self) -> dict[str, Any]:
        names = [f"{self._region}{letter}" for letter in "abcdef"[: self._zones]]
        return {"names": names, "zoneIds": [f"use1-az{number}" for number in range(1, self._zones + 1)]}
