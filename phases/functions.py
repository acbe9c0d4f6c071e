"""The functions of a stack: what they all have, said once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from components.account import Account
from components.grant import Grant
from components.network.placement import Placement
from components.security.keys import Keys
from components.service_function import ServiceFunction, ServiceFunctionArgs
from settings import Settings


@dataclass(frozen=True, kw_only=True)
class Functions:
    """Makes functions. `variables` are all there are; each function is given those it names.

    `keys` encrypt variables and logs, None leaves AWS's own.
    """

    settings: Settings
    account: Account
    prefix: str
    variables: Mapping[str, pulumi.Input[str]]
    keys: Keys | None = None
    traced: bool = False

    def make(
        self,
        package: str,
        variables: Sequence[str],
        grants: Sequence[Grant],
        *,
        more: Mapping[str, pulumi.Input[str]] | None = None,
        placement: Placement | None = None,
        concurrency: int = 0,
        timeout: int = 20,
        memory_size: int = 512,
        serves_requests: bool = True,
    ) -> ServiceFunction:
        """`more` are variables whose values are this function's alone."""
        return ServiceFunction(
            package,
            ServiceFunctionArgs(
                account=self.account,
                function_name=f"{self.prefix}-{package}",
                package=package,
                environment={**{name: self.variables[name] for name in variables}, **(more or {})},
                grants=grants,
                log_retention_days=self.settings.log_retention_days,
                placement=placement,
                concurrency=concurrency,
                timeout=timeout,
                memory_size=memory_size,
                serves_requests=serves_requests,
                traced=self.traced,
                key_arn=self.keys.data if self.keys else None,
                log_key_arn=self.keys.logs if self.keys else None,
            ),
        )


def shop_variables(settings: Settings) -> Mapping[str, pulumi.Input[str]]:
    """What the shop's rules are, the same in every phase."""
    return {
        "PHASE": settings.phase.value,
        "CURRENCY": settings.currency,
        "TAX_RATE": str(settings.tax_rate),
        "SHIPPING_FEE": str(settings.shipping_fee),
        "CART_TTL_DAYS": str(settings.cart_ttl_days),
        "SESSION_HOURS": str(settings.session_hours),
        "SESSION_MOST_HOURS": str(settings.session_most_hours),
    }
