"""The shop's edge: the storefront and the API behind one CloudFront host."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi

from components import contract
from components.distribution import Distribution, DistributionArgs
from components.identity import SignIn
from components.migration.router import Router, RouterArgs
from components.rest_api import RestApi, RestApiArgs
from components.site import Site, SiteArgs

if TYPE_CHECKING:
    from components.delivery.production import Production, ProductionArgs


@dataclass(frozen=True, kw_only=True)
class EdgeArgs:
    """`storefront_config` is what the storefront is told besides where the API and the sign-in are.

    `production` None is CloudFront with its own host name and without a firewall. `router` sends shoppers to the stack
    that the shop moves to.
    """

    prefix: str
    region: str
    identity: SignIn
    storefront_config: Mapping[str, str]
    api: RestApiArgs
    production: "ProductionArgs | None" = None
    router: RouterArgs | None = None
    protect: bool


class Edge(pulumi.ComponentResource):
    """`url` is where the shop opens; the API is below it, at `api_url`."""

    url: pulumi.Output[str]
    api_url: pulumi.Output[str]
    rest_api: RestApi
    site: Site
    router: Router | None

    def __init__(self, name: str, args: EdgeArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudshelf:edge:Edge", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.rest_api = RestApi("rest", args.api, child)
        self.site = Site("site", SiteArgs(config=_storefront_config(args), protect=args.protect), child)
        production = self._production(args.production, child) if args.production else None
        self.router = Router("router", args.router, child) if args.router else None
        distribution = Distribution("cdn", self._distribution(args, production), child)
        if production:
            production.watch(distribution)
        self.url = distribution.url
        self.api_url = pulumi.Output.concat(distribution.url, contract.load()["servers"][0]["url"])
        self.register_outputs({"url": self.url})

    def _production(self, args: "ProductionArgs", child: pulumi.ResourceOptions) -> "Production":
        # The provider's module of firewalls takes half a second to load.
        from components.delivery.production import Production

        return Production("production", args, self.rest_api, child)

    def _distribution(self, args: EdgeArgs, production: "Production | None") -> DistributionArgs:
        return DistributionArgs(
            prefix=args.prefix,
            site=self.site,
            rest_api=self.rest_api,
            connect_sources=[f"https://cognito-idp.{args.region}.amazonaws.com"],
            domain=production.domain if production else None,
            firewall_arn=production.firewall_arn if production else None,
            realtime_logs_arn=production.realtime_logs_arn if production else None,
            countries=args.production.countries if args.production else (),
            router=self.router,
        )


def _storefront_config(args: EdgeArgs) -> Mapping[str, pulumi.Input[object]]:
    identity: pulumi.Input[object] = {"endpoint": args.identity.endpoint, "clientId": args.identity.client_id}
    return {
        **args.storefront_config,
        "region": args.region,
        "apiBaseUrl": contract.load()["servers"][0]["url"],
        "identity": identity,
    }
