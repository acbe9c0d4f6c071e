"""What a production shop has at its edge: firewalls, logs, and a host name of its own."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.delivery.access_logs import AccessLogs, AccessLogsArgs
from components.delivery.domain import Domain, DomainArgs
from components.delivery.realtime_logs import RealtimeLogs, RealtimeLogsArgs
from components.distribution import Distribution, DistributionDomain
from components.rest_api import RestApi
from components.security.firewall import Firewall, FirewallArgs
from components.security.keys import Keys


@dataclass(frozen=True, kw_only=True)
class ProductionArgs:
    """`domain` None keeps CloudFront's host name; `countries` none lets everybody in.

    `behind_another` is a distribution that another one sends shoppers to.
    """

    prefix: str
    keys: Keys
    domain: DomainArgs | None
    countries: Sequence[str]
    realtime_logs: bool
    rate_limit: int
    log_retention_days: int
    behind_another: bool = False


class Production(pulumi.ComponentResource):
    """One firewall before CloudFront, another before the API's stage, which can be reached without CloudFront."""

    firewall_arn: pulumi.Output[str]
    realtime_logs_arn: pulumi.Output[str] | None
    domain: DistributionDomain | None

    def __init__(
        self, name: str, args: ProductionArgs, rest_api: RestApi, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("cloudshelf:delivery:Production", name, None, opts)
        self._args, self._child = args, pulumi.ResourceOptions(parent=self)
        self.firewall_arn = self._firewall("cdn", None).arn
        self._firewall("api", rest_api.stage_arn)
        self.realtime_logs_arn = None
        if args.realtime_logs:
            logs = RealtimeLogsArgs(prefix=args.prefix, key_arn=args.keys.edge_logs)
            self.realtime_logs_arn = RealtimeLogs("realtime", logs, self._child).arn
        self._domain = Domain("domain", args.domain, self._child) if args.domain else None
        self.domain = None
        if self._domain and args.domain:
            self.domain = DistributionDomain(host=args.domain.host, certificate_arn=self._domain.certificate_arn)
        self.register_outputs({})

    def watch(self, distribution: Distribution) -> None:
        """Logs the distribution's requests, and lets the shop's own name lead to it."""
        AccessLogs(
            "access",
            AccessLogsArgs(
                prefix=self._args.prefix,
                distribution_arn=distribution.arn,
                key_arn=self._args.keys.edge_logs,
                retention_days=self._args.log_retention_days,
            ),
            self._child,
        )
        if self._domain:
            self._domain.point_to(distribution.resource)

    def _firewall(self, name: str, stage_arn: pulumi.Input[str] | None) -> Firewall:
        keys = self._args.keys
        return Firewall(
            f"{name}-firewall",
            FirewallArgs(
                firewall_name=f"{self._args.prefix}-{name}",
                stage_arn=stage_arn,
                rate_limit=self._args.rate_limit,
                behind_cloudfront=stage_arn is not None or self._args.behind_another,
                key_arn=keys.logs if stage_arn else keys.edge_logs,
                log_retention_days=self._args.log_retention_days,
            ),
            self._child,
        )
