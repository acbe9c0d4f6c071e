"""The shop's edge: the storefront and the API behind one CloudFront host."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from components import contract
from components.api_gateway_account import ApiGatewayAccount
from components.distribution import Distribution, DistributionArgs
from components.identity import Identity
from components.rest_api import RestApi, RestApiArgs
from components.service_function import ServiceFunction
from components.site import Site, SiteArgs


@dataclass(frozen=True, kw_only=True)
class EdgeArgs:
    """`storefront_config` is what the storefront is told besides where the API and the sign-in are.

    `logs` writes API Gateway's logs; `set_log_role` sets the account's role for that first.
    """

    prefix: str
    region: str
    services: Mapping[str, ServiceFunction]
    identity: Identity
    storefront_config: Mapping[str, str]
    throttle_rate: int
    throttle_burst: int
    log_retention_days: int
    logs: bool
    set_log_role: bool
    protect: bool


class Edge(pulumi.ComponentResource):
    """`url` is where the shop opens; the API is below it, at `api_url`."""

    url: pulumi.Output[str]
    api_url: pulumi.Output[str]
    rest_api: RestApi
    site: Site

    def __init__(self, name: str, args: EdgeArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudshelf:edge:Edge", name, None, opts)
        self.rest_api = self._rest_api(args)
        self.site = Site(
            "site",
            SiteArgs(config=_storefront_config(args), protect=args.protect),
            pulumi.ResourceOptions(parent=self),
        )
        distribution = Distribution(
            "cdn",
            DistributionArgs(
                prefix=args.prefix,
                site=self.site,
                rest_api=self.rest_api,
                connect_sources=[f"https://cognito-idp.{args.region}.amazonaws.com"],
            ),
            pulumi.ResourceOptions(parent=self),
        )
        self.url = distribution.url
        self.api_url = pulumi.Output.concat(distribution.url, contract.load()["servers"][0]["url"])
        self.register_outputs({"url": self.url})

    def _rest_api(self, args: EdgeArgs) -> RestApi:
        child = pulumi.ResourceOptions(parent=self)
        return RestApi(
            "rest",
            RestApiArgs(
                api_name=args.prefix,
                region=args.region,
                services=args.services,
                user_pool_arn=args.identity.user_pool_arn,
                throttle_rate=args.throttle_rate,
                throttle_burst=args.throttle_burst,
                log_retention_days=args.log_retention_days,
                logs=args.logs,
                log_role=ApiGatewayAccount("api-gateway", child) if args.set_log_role else None,
            ),
            child,
        )


def _storefront_config(args: EdgeArgs) -> Mapping[str, pulumi.Input[object]]:
    identity: pulumi.Input[object] = {"endpoint": args.identity.endpoint, "clientId": args.identity.client_id}
    return {
        **args.storefront_config,
        "region": args.region,
        "apiBaseUrl": contract.load()["servers"][0]["url"],
        "identity": identity,
    }
