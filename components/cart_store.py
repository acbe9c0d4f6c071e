"""Shopping carts in DynamoDB, and the sessions of shoppers who have not signed in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import pulumi

from components.table import Table, TableArgs

EXPIRES_AT = "expires_at"


class Layout(StrEnum):
    """How a cart is kept: one document with a list of books, or an item for each book."""

    DOCUMENT = "document"
    ITEMS = "items"


RANGE_KEYS = {Layout.DOCUMENT: "cart_id", Layout.ITEMS: "book_id"}


@dataclass(frozen=True, kw_only=True)
class CartStoreArgs:
    """`carts_expire` lets DynamoDB remove rows some time after their `expires_at`; those without one stay.

    Sessions always expire. `key_arn` and `replicas` are those of each table; `streamed` tells each change of a cart.
    """

    prefix: str
    layout: Layout
    carts_expire: bool
    sessions: bool
    key_arn: pulumi.Input[str] | None = None
    replicas: Mapping[str, pulumi.Input[str] | None] = field(default_factory=dict)
    streamed: bool = False
    protect: bool


class CartStore(pulumi.ComponentResource):
    """The tables `carts` and, where the phase has them, `sessions`."""

    carts: Table
    sessions: Table | None

    def __init__(self, name: str, args: CartStoreArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudshelf:data:CartStore", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        carts = TableArgs(
            table_name=f"{args.prefix}-carts",
            hash_key="user_id",
            range_key=RANGE_KEYS[args.layout],
            ttl_attribute=EXPIRES_AT if args.carts_expire else None,
            key_arn=args.key_arn,
            replicas=args.replicas,
            streamed=args.streamed,
            protect=args.protect,
        )
        sessions = TableArgs(
            table_name=f"{args.prefix}-sessions",
            hash_key="session_id",
            ttl_attribute=EXPIRES_AT,
            # A session lives for hours: there is nothing to go back to.
            restorable=False,
            key_arn=args.key_arn,
            replicas=args.replicas,
            protect=False,
        )
        self.carts = Table("carts", carts, child)
        self.sessions = Table("sessions", sessions, child) if args.sessions else None
        self.register_outputs({})

    @property
    def tables(self) -> Mapping[str, Table]:
        """By name."""
        return {"carts": self.carts, **({"sessions": self.sessions} if self.sessions else {})}
