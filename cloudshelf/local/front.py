"""Puts the made world behind one port: the declared distribution, and what only the local cloud offers."""

import json
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import requests

from cloudshelf.local.edge.distribution import (
    Behavior,
    Distribution,
    ErrorPage,
    Origin,
    ViewerRequest,
    security_headers,
)
from cloudshelf.local.edge.origins import ApiOrigin, BucketOrigin, NeighbourOrigin, policy_document
from cloudshelf.local.edge.under_way import UnderWay
from cloudshelf.local.gateway.authorizer import CognitoAuthorizer
from cloudshelf.local.gateway.gateway import Gateway
from cloudshelf.local.gateway.messages import Request, Response
from cloudshelf.local.identity import Mailbox
from cloudshelf.local.metrics.meters import of_stage
from cloudshelf.local.resources.cloudfront import distribution_arn
from cloudshelf.local.world import World

KEY_SET = "/{pool}/.well-known/jwks.json"
LOOPBACK = "127.0.0.1:"
NOTHING_YET = b"No shop is deployed in this cloud: run pulumi up.\n"


class NoFrontError(Exception):
    """The program declares nothing a browser could open."""


class Shop:
    """The stack's one distribution, as it is declared by now."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._served: Distribution | None = None
        self._outdated, self._building = True, threading.Lock()
        self.under_way = UnderWay()

    def declare_anew(self) -> None:
        """The next request finds what is declared by then."""
        self._outdated = True

    def build(self) -> None:
        """NoFrontError where there is nothing to open. What comes before is served meanwhile."""
        with self._building:
            if self._outdated:
                self._world.gateways.clear()
                self._served = replace(distribution(self._world), under_way=self.under_way)
                self._outdated = False

    def handle(self, request: Request) -> Response:
        if self._outdated:
            # Half made, it has no front yet, or the one before.
            with suppress(NoFrontError, KeyError):
                self.build()
        if self._served is None or not self._world.distributions:
            headers = [("Content-Type", "text/plain; charset=utf-8"), ("Retry-After", "1")]
            return Response(status=503, headers=headers, body=NOTHING_YET)
        return self._served.handle(request)


def distribution(world: World) -> Distribution:
    """The one distribution of the stack, as the program declared it."""
    if len(world.distributions) != 1:
        raise NoFrontError(
            f"the local cloud serves one CloudFront distribution; the stack has {len(world.distributions)}"
        )
    ((identity, declared),) = world.distributions.items()
    listed = [*declared.get("orderedCacheBehaviors", []), {"pathPattern": "*", **declared["defaultCacheBehavior"]}]
    return Distribution(
        domain_name=f"127.0.0.1:{world.port}",
        default_root_object=declared.get("defaultRootObject", ""),
        behaviors=[_behavior(world, behavior) for behavior in listed],
        origins={o["originId"]: _origin(world, o, distribution_arn(world, identity)) for o in declared["origins"]},
        error_pages=[
            ErrorPage(code=int(p["errorCode"]), response_code=int(p["responseCode"]), path=p["responsePagePath"])
            for p in declared.get("customErrorResponses", [])
            if "responsePagePath" in p
        ],
    )


def _behavior(world: World, declared: Mapping[str, Any]) -> Behavior:
    policy = world.header_policies.get(declared.get("responseHeadersPolicyId", ""), {})
    return Behavior(
        path_pattern=declared["pathPattern"],
        origin_id=declared["targetOriginId"],
        allowed_methods=frozenset(declared["allowedMethods"]),
        response_headers=security_headers(policy),
        viewer_request=_viewer_request(world, declared),
    )


def _viewer_request(world: World, declared: Mapping[str, Any]) -> ViewerRequest | None:
    for association in declared.get("functionAssociations") or []:
        if association["eventType"] != "viewer-request":
            raise NoFrontError(f"the local cloud runs no function at {association['eventType']}")
        return world.edge_functions[association["functionArn"]]
    return None


def _origin(world: World, declared: Mapping[str, Any], arn: str) -> Origin:
    domain = declared["domainName"]
    for api in world.rest_apis.values():
        if api.domain_name == domain:
            headers = {header["name"]: header["value"] for header in declared.get("customHeaders") or []}
            return ApiOrigin({name: _gateway(world, api.api_id, name) for name in api.stages}, headers)
    if domain.startswith(LOOPBACK):
        return NeighbourOrigin(domain, world.neighbours)
    bucket, _, rest = domain.partition(".s3.")
    if not rest:
        raise NoFrontError(f"origin {domain}: the local cloud serves buckets and REST APIs of the same stack")
    return BucketOrigin(world.aws.client("s3"), bucket, arn, lambda: policy_document(world.bucket_policies.get(bucket)))


def _gateway(world: World, api_id: str, stage: str) -> Gateway:
    api = world.rest_apis[api_id]
    log = AccessLog(world.log_file("access"), lambda line: _counted(world, api.stages[stage].log_group, line))
    world.closing.callback(log.close)
    authorizer = CognitoAuthorizer(key_sets(world), lambda pool: world.user_pool_clients[pool])
    measure = of_stage(world.metrics, api.name, stage)
    gateway = Gateway(api, api.stages[stage], world.functions, authorizer, log.write, world.api_keys, measure=measure)
    world.gateways.append(gateway)
    return gateway


def _counted(world: World, log_group: str, line: str) -> None:
    if filters := world.metric_filters.get(log_group):
        fields = json.loads(line)
        for each in filters:
            each.count(fields, world.metrics)


def key_sets(world: World) -> Callable[[str], dict[str, Any]]:
    """Fetches a user pool's signing keys once."""
    known: dict[str, dict[str, Any]] = {}

    def keys(pool: str) -> dict[str, Any]:
        if pool not in known:
            known[pool] = requests.get(world.aws.endpoint + KEY_SET.format(pool=pool), timeout=10).json()
        return known[pool]

    return keys


class AccessLog:
    """API Gateway's access log, a line a request; `told` gets each."""

    def __init__(self, path: Path, told: Callable[[str], None]) -> None:
        self._file, self._told = path.open("a", buffering=1), told

    def write(self, line: str) -> None:
        self._file.write(line + "\n")
        self._told(line)

    def close(self) -> None:
        self._file.close()


class LocalPages:
    """`/_local/...`: what only exists on this machine. Reachable from loopback alone, as everything here."""

    PREFIX = "/_local/"

    def __init__(
        self,
        mailbox: Mailbox,
        page: Callable[[Request], Response | None] = lambda _request: None,
        add_admin: Callable[[str], bool] = lambda _email: False,
    ) -> None:
        self._mailbox, self._page, self._add_admin = mailbox, page, add_admin

    def handle(self, request: Request) -> Response:
        path = request.path.removeprefix(self.PREFIX)
        if path.startswith("mail/"):
            mails = self._mailbox.of(unquote(path.removeprefix("mail/")))
            return _json(200, {"mails": [vars(mail) for mail in mails]})
        if path.startswith("admins/") and request.method == "PUT":
            return self._made_admin(request, unquote(path.removeprefix("admins/")))
        there = "there is /_local/, /_local/fidelity and /_local/mail/<address>"
        return self._page(request) or _json(404, {"detail": f"{request.path}: {there}"})

    def _made_admin(self, request: Request, email: str) -> Response:
        if request.header("Origin"):
            return _json(403, {"detail": "Only `cloudshelf admin add` may ask for this, no page of a browser."})
        if not self._add_admin(email):
            return _json(404, {"detail": f"Nobody has signed up as {email}: sign up in the shop first."})
        return Response(status=204)


def _json(status: int, body: dict[str, Any]) -> Response:
    headers = [("Content-Type", "application/json"), ("Cache-Control", "no-store")]
    return Response(status=status, headers=headers, body=json.dumps(body).encode())
