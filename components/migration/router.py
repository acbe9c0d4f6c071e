"""Who goes where while a shop moves: a function at CloudFront's edge, and the values it reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pulumi
import pulumi_aws as aws

SOURCE = Path(__file__).with_name("router.js")
RUNTIME = "cloudfront-js-2.0"
TARGET_ORIGIN = "target"
# Everybody stays.
AT_FIRST: Mapping[str, str] = {"weight": "0", "hold_from": "0", "hold_to": "0", "back_office": "open"}


@dataclass(frozen=True, kw_only=True)
class RouterArgs:
    """`target_host` is the host of the target's distribution."""

    prefix: str
    target_host: str


class Router(pulumi.ComponentResource):
    """`function_arn` is what a distribution runs for each request of the API."""

    function_arn: pulumi.Output[str]
    store_arn: pulumi.Output[str]
    target_host: str

    def __init__(self, name: str, args: RouterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudshelf:migration:Router", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        store = aws.cloudfront.KeyValueStore(
            f"{name}-values", name=f"{args.prefix}-router", comment="Who goes where while the shop moves", opts=child
        )
        values: list[pulumi.Resource] = []
        for key, value in AT_FIRST.items():
            # A store takes one change at a time. Later ones are the operator's tool's, while shoppers buy.
            options = pulumi.ResourceOptions(parent=self, depends_on=values[-1:], ignore_changes=["value"])
            values.append(
                aws.cloudfront.KeyvaluestoreKey(
                    f"{name}-{key}", key_value_store_arn=store.arn, key=key, value=value, opts=options
                )
            )
        function = aws.cloudfront.Function(
            f"{name}-function",
            name=f"{args.prefix}-router",
            runtime=RUNTIME,
            comment="Sends shoppers to the stack that owns them",
            code=SOURCE.read_text(),
            publish=True,
            key_value_store_associations=[store.arn],
            opts=pulumi.ResourceOptions(parent=self, depends_on=values),
        )
        self.function_arn, self.store_arn, self.target_host = function.arn, store.arn, args.target_host
        self.register_outputs({"function_arn": self.function_arn, "store_arn": self.store_arn})
