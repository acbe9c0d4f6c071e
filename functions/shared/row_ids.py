"""Internal keys of rows in PostgreSQL: made from the public id, so the same in every copy of the data."""

from uuid import NAMESPACE_DNS, UUID, uuid5

NAMESPACE = uuid5(NAMESPACE_DNS, "cloudshelf")


def row_id(table: str, public_id: str) -> UUID:
    """The `id` of the row of `table` (books, users, orders, order_items) that the API calls `public_id`."""
    return uuid5(NAMESPACE, f"{table}/{public_id}")
