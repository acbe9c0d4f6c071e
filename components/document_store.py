"""Books, users and orders in DynamoDB, with the keys of the phase 1 guide."""

from dataclasses import dataclass

import pulumi

from components.table import Index, Table, TableArgs

TITLE_INDEX, BOOK_ID_INDEX = "TitleSearchIndex", "BookIdIndex"
EMAIL_INDEX = "EmailIndex"
ORDER_DATE_INDEX = "OrderDateIndex"


@dataclass(frozen=True, kw_only=True)
class DocumentStoreArgs:
    """`prefix` begins every physical name; `streamed` tells each change."""

    prefix: str
    streamed: bool = False
    protect: bool


class DocumentStore(pulumi.ComponentResource):
    """The three tables that hold what the shop must not lose."""

    books: Table
    users: Table
    orders: Table

    def __init__(self, name: str, args: DocumentStoreArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudshelf:data:DocumentStore", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        books = TableArgs(
            table_name=f"{args.prefix}-books",
            hash_key="category",
            range_key="book_id",
            indexes=[Index(name=TITLE_INDEX, hash_key="title"), Index(name=BOOK_ID_INDEX, hash_key="book_id")],
            streamed=args.streamed,
            protect=args.protect,
        )
        users = TableArgs(
            table_name=f"{args.prefix}-users",
            hash_key="user_id",
            indexes=[Index(name=EMAIL_INDEX, hash_key="email")],
            streamed=args.streamed,
            protect=args.protect,
        )
        orders = TableArgs(
            table_name=f"{args.prefix}-orders",
            hash_key="user_id",
            range_key="order_id",
            indexes=[Index(name=ORDER_DATE_INDEX, hash_key="order_date", range_key="order_id")],
            streamed=args.streamed,
            protect=args.protect,
        )
        self.books = Table("books", books, child)
        self.users = Table("users", users, child)
        self.orders = Table("orders", orders, child)
        self.register_outputs({})
