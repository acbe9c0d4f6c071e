"""The provider behind Pulumi's mock engine: makes each declared resource real, by the decision about its type."""

from collections.abc import Callable

import pulumi

from cloudshelf.local import lookups
from cloudshelf.local.resources import (
    account,
    cloudfront,
    cognito,
    dynamodb,
    functions,
    rds,
    rest_api,
    s3,
    secret_stores,
    usage_plans,
    vpc,
)
from cloudshelf.local.resources.registry import REGISTRY
from cloudshelf.local.world import World

SERVICES = (account, cloudfront, cognito, dynamodb, functions, rds, rest_api, s3, secret_stores, usage_plans, vpc)
# Components of Pulumi's own packages: their provider looks things up, and answers with what it found.
REMOTE = {"awsx:ec2:DefaultVpc": lookups.default_vpc}
SECRET_SIGNATURE = "4dabf18193072939515e22adb298388d"  # noqa: S105 - the Pulumi SDK's marker of a wrapped secret


class LocalProvider(pulumi.runtime.Mocks):
    """Raises UndecidedResourceError for a type nobody decided about, UndecidedLookupError for a look-up."""

    def __init__(self, world: World, on_progress: Callable[[str], None] = lambda _: None) -> None:
        self._world, self._on_progress = world, on_progress
        self._made = 0

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, object]]:
        if not args.custom:
            return "", {**args.inputs, **(REMOTE[args.typ]() if args.typ in REMOTE else {})}
        self._made += 1
        self._on_progress(f"{self._made} resources, {args.typ.rpartition(':')[2]} {args.name}")
        inputs = {name: _plain(value) for name, value in args.inputs.items()}
        identity, computed = REGISTRY.decide(args.typ, args.name).make(self._world, args.name, inputs)
        return identity, {**args.inputs, **computed}

    def call(self, args: pulumi.runtime.MockCallArgs) -> tuple[dict[str, object], list[tuple[str, str]]]:
        return lookups.answer(self._world, args.token, args.args), []


def _plain(value: object) -> object:
    if isinstance(value, dict):
        if SECRET_SIGNATURE in value:
            return _plain(value["value"])
        return {name: _plain(item) for name, item in value.items()}
    # Pulumi's wire knows only floating-point numbers.
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value
