"""Keys that meter who calls the API. They let nobody in: that is the authorizer's work."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.secret import hidden

DAY_S = 86_400


@dataclass(frozen=True, kw_only=True)
class ApiKeysArgs:
    """Rate and burst are the storefront's, in requests a second; partners share a tenth of them."""

    prefix: str
    rest_api_id: pulumi.Input[str]
    stage_name: pulumi.Input[str]
    rate: int
    burst: int
    partners: Sequence[str]
    partner_requests_per_month: int


class ApiKeys(pulumi.ComponentResource):
    """`storefront` is the key CloudFront sends, a secret. Partners get theirs from API Gateway's console or CLI."""

    storefront: pulumi.Output[str]

    def __init__(self, name: str, args: ApiKeysArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudshelf:edge:ApiKeys", name, None, opts)
        self._name, self._args = name, args
        # The quota is what the rate makes in a day: it caps a key that is copied, never the shop.
        plan = self._plan("storefront", args.rate, args.burst, args.rate * DAY_S, "DAY")
        self.storefront = self._key("storefront", plan)
        if args.partners:
            plan = self._plan(
                "partners", max(1, args.rate // 10), max(1, args.burst // 10), args.partner_requests_per_month, "MONTH"
            )
            for partner in args.partners:
                self._key(f"partner-{partner}", plan)
        self.register_outputs({})

    def _plan(self, name: str, rate: int, burst: int, quota: int, period: str) -> aws.apigateway.UsagePlan:
        return aws.apigateway.UsagePlan(
            f"{self._name}-{name}-plan",
            name=f"{self._args.prefix}-{name}",
            description=f"What the {name} may ask for",
            api_stages=[{"api_id": self._args.rest_api_id, "stage": self._args.stage_name}],
            throttle_settings={"rate_limit": rate, "burst_limit": burst},
            quota_settings={"limit": quota, "period": period},
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _key(self, name: str, plan: aws.apigateway.UsagePlan) -> pulumi.Output[str]:
        child = pulumi.ResourceOptions(parent=self)
        key = aws.apigateway.ApiKey(f"{self._name}-{name}", name=f"{self._args.prefix}-{name}", opts=child)
        aws.apigateway.UsagePlanKey(
            f"{self._name}-{name}-in-plan", key_id=key.id, key_type="API_KEY", usage_plan_id=plan.id, opts=child
        )
        return hidden(key.value)
