"""Stack configuration, read once and checked before any resource is declared."""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TypeVar

from pulumi.runtime import config as runtime_config

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")

# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
LOG_RETENTION_DAYS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288)


class Phase(StrEnum):
    """What a stack can be. Each is one file under phases/."""

    PHASE1 = "phase1"


class Singleton(StrEnum):
    """What to do about a resource that AWS has once for each account and region."""

    CREATE = "create"
    REUSE = "reuse"
    SKIP = "skip"


class SettingError(ValueError):
    """A setting is missing, misspelt or out of range; the text names the key and what is allowed."""

    def __init__(self, key: str, problem: str) -> None:
        super().__init__(f"cloudshelf:{key}: {problem}. Set it with: pulumi config set cloudshelf:{key} <value>")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything a phase may be told. Money in the shop's currency, but the budget, which AWS counts in US dollars."""

    stack: str
    phase: Phase
    region: str
    protect_data: bool
    log_retention_days: int
    alert_email: str
    monthly_budget_usd: int
    throttle_rate: int
    throttle_burst: int
    api_gateway_log_role: Singleton
    tax_rate: Decimal
    shipping_fee: Decimal
    currency: str
    cart_ttl_days: int

    @classmethod
    def load(cls, stack: str) -> "Settings":
        """The settings of the running stack; SettingError for the first that is wrong."""
        return cls.parse(stack, _configured())

    @classmethod
    def parse(cls, stack: str, config: Mapping[str, str]) -> "Settings":
        """From `namespace:key` and text, as Pulumi hands configuration over."""
        reader = _Reader({k.partition(":")[2]: v for k, v in config.items() if k.startswith("cloudshelf:")})
        settings = cls(
            stack=_stack(stack),
            phase=reader.choice("phase", Phase, default=stack),
            region=_region(config),
            protect_data=reader.boolean("protectData"),
            log_retention_days=reader.one_of("logRetentionDays", LOG_RETENTION_DAYS),
            alert_email=reader.matching("alertEmail", r"|[^@\s]+@[^@\s]+\.[^@\s]+", "an e-mail address or empty"),
            monthly_budget_usd=reader.integer("monthlyBudgetUsd", 1, 1_000_000),
            throttle_rate=reader.integer("throttleRate", 1, 10_000),
            throttle_burst=reader.integer("throttleBurst", 1, 5_000),
            api_gateway_log_role=reader.choice("apiGatewayLogRole", Singleton),
            tax_rate=reader.decimal("taxRate", Decimal(0), Decimal(1)),
            shipping_fee=reader.decimal("shippingFee", Decimal(0), Decimal(1000)),
            currency=reader.matching("currency", r"[A-Z]{3}", "three capital letters such as USD"),
            cart_ttl_days=reader.integer("cartTtlDays", 1, 365),
        )
        reader.refuse_unknown()
        return settings


class _Reader:
    """Reads texts as types and remembers which keys were asked for."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self._given = given
        self._known: set[str] = set()

    def text(self, key: str) -> str:
        self._known.add(key)
        if key not in self._given:
            close = difflib.get_close_matches(key, self._given, n=1)
            hint = f"; did you mean it with cloudshelf:{close[0]}" if close else ""
            raise SettingError(key, f"is not set{hint}")
        return self._given[key]

    def boolean(self, key: str) -> bool:
        return self._parsed(key, {"true": True, "false": False}.get(self.text(key)), "true or false")

    def integer(self, key: str, least: int, most: int) -> int:
        text = self.text(key)
        value = int(text) if re.fullmatch(r"-?\d{1,9}", text) else None
        return self._parsed(key, value if value is not None and least <= value <= most else None, f"{least} to {most}")

    def one_of(self, key: str, allowed: tuple[int, ...]) -> int:
        values = {str(value): value for value in allowed}
        return self._parsed(key, values.get(self.text(key)), ", ".join(values))

    def decimal(self, key: str, least: Decimal, most: Decimal) -> Decimal:
        try:
            value = Decimal(self.text(key))
        except InvalidOperation:
            value = Decimal("NaN")
        fits = value.is_finite() and least <= value <= most
        return self._parsed(key, value if fits else None, f"a decimal from {least} to {most}, such as 0.08")

    def choice(self, key: str, kind: type[E], default: str | None = None) -> E:
        text = self.text(key) if default is None else (self._optional(key) or default)
        return self._parsed(key, {member.value: member for member in kind}.get(text), " or ".join(kind), text)

    def matching(self, key: str, pattern: str, wanted: str) -> str:
        text = self._optional(key) if pattern.startswith("|") else self.text(key)
        return self._parsed(key, text if re.fullmatch(pattern, text) else None, wanted)

    def refuse_unknown(self) -> None:
        for key in sorted(self._given.keys() - self._known):
            close = difflib.get_close_matches(key, self._known, n=1)
            hint = f"did you mean cloudshelf:{close[0]}" if close else "known are " + ", ".join(sorted(self._known))
            raise SettingError(key, f"no such setting; {hint}")

    def _optional(self, key: str) -> str:
        self._known.add(key)
        return self._given.get(key, "")

    def _parsed(self, key: str, value: T | None, wanted: str, text: str | None = None) -> T:
        if value is None:
            raise SettingError(key, f"{(text or self._given.get(key, ''))!r} is not {wanted}")
        return value


def _stack(stack: str) -> str:
    # A function's name may have 64 characters, and S3 and Cognito know lower case and hyphens.
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,19}", stack):
        raise ValueError(f"stack {stack!r}: a name has 1 to 20 lower-case letters, digits and hyphens, a letter first")
    return stack


def _region(config: Mapping[str, str]) -> str:
    region = config.get("aws:region", "")
    if not re.fullmatch(r"[a-z]{2}(-[a-z]+)+-\d", region):
        raise ValueError(f"aws:region: {region!r} is not a region. Set it with: pulumi config set aws:region us-east-1")
    return region


def _configured() -> Mapping[str, str]:
    # `pulumi.Config` answers for keys one knows; only the runtime can list them all, and so show a misspelt one.
    return {**runtime_config.get_config_env(), **runtime_config.CONFIG.get()}
