"""Shopping carts in DynamoDB."""

from dataclasses import dataclass

import pulumi

from components.table import Table, TableArgs


@dataclass(frozen=True, kw_only=True)
class CartStoreArgs:
    """A cart is one item with a list of books; DynamoDB removes it some time after `expires_at`."""

    prefix: str
    protect: bool


class CartStore(pulumi.ComponentResource):
    """One table, `carts`."""

    carts: Table

    def __init__(self, name: str, args: CartStoreArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudshelf:data:CartStore", name, None, opts)
        carts = TableArgs(
            table_name=f"{args.prefix}-carts",
            hash_key="user_id",
            range_key="cart_id",
            ttl_attribute="expires_at",
            protect=args.protect,
        )
        self.carts = Table("carts", carts, pulumi.ResourceOptions(parent=self))
        self.register_outputs({})
