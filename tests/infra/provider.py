"""A provider that answers with what AWS would have computed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi

from cloudshelf.graph import Graph

ROOT = Path(__file__).resolve().parent.parent.parent
ACCOUNT, REGION = "111122223333", "us-east-1"
Declare = Callable[..., Graph]


def _arn(service: str, rest: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{rest}"


def _function(name: str) -> dict[str, Any]:
    arn = _arn("lambda", f"function:{name}")
    invoke = f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{arn}/invocations"
    return {"arn": arn, "invokeArn": invoke}


def _bucket(name: str) -> dict[str, Any]:
    domain = f"{name}.s3.{REGION}.amazonaws.com"
    return {"bucket": name, "arn": f"arn:aws:s3:::{name}", "bucketRegionalDomainName": domain}


COMPUTED: dict[str, Callable[[str], dict[str, Any]]] = {
    "aws:apigateway/restApi:RestApi": lambda n: {"executionArn": _arn("execute-api", f"{n}-id")},
    "aws:cloudfront/distribution:Distribution": lambda n: {
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
LOOKUPS = {
    "aws:index/getRegion:getRegion": {"region": REGION, "id": REGION},
    "aws:index/getCallerIdentity:getCallerIdentity": {"accountId": ACCOUNT, "id": ACCOUNT},
}


class Provider(pulumi.runtime.Mocks):
    """Echoes inputs and adds computed properties. A look-up nobody planned fails."""

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        computed = COMPUTED.get(args.typ, lambda _: {})(args.inputs.get("name", args.name))
        return f"{args.name}-id", {**args.inputs, **computed}

    def call(self, args: pulumi.runtime.MockCallArgs) -> dict[str, Any]:
        if args.token not in LOOKUPS:
            raise AssertionError(f"unexpected provider look-up: {args.token}")
        return LOOKUPS[args.token]
