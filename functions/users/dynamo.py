"""Profiles in DynamoDB."""

from typing import Any

from shared import clock
from shared.cart_rows import CartRows
from shared.dynamo import ConditionFailed, Item, Query, Table

from users.model import ACTIVE, ERASED, User, erased

NOT_ERASED = "attribute_exists(user_id) AND account_status <> :erased"
ORDER_PREFIX = "order-"


class DynamoUsers:
    """A profile is made from the verified token when its owner first asks for it."""

    def __init__(self, users: Table, carts: CartRows, orders: Table) -> None:
        self._users, self._carts, self._orders = users, carts, orders

    def seen(self, user_id: str, email: str) -> User:
        item = self._users.get({"user_id": user_id}) or self._create(user_id, email)
        user = _user(item)
        now = clock.stamp(clock.now())
        email = email or user.email
        if user.email == email and user.last_login[:10] == now[:10]:
            return user
        return self._set(user_id, {**_email(email), "last_login": now})

    def update(self, user_id: str, email: str, changes: dict[str, Any]) -> User:
        self.seen(user_id, email)
        return self._set(user_id, changes)

    def erase(self, user_id: str) -> None:
        self._carts.erase(user_id)
        self._forget_addresses(user_id)
        self._users.put({"user_id": user_id, "account_status": ERASED, "erased_at": clock.stamp(clock.now())})

    def _create(self, user_id: str, email: str) -> Item:
        now = clock.stamp(clock.now())
        item = {"user_id": user_id, **_email(email), "created_at": now, "last_login": now, "account_status": ACTIVE}
        try:
            self._users.put(item, condition="attribute_not_exists(user_id)")
        except ConditionFailed:
            return self._users.get({"user_id": user_id}) or item
        return item

    def _set(self, user_id: str, changes: dict[str, Any]) -> User:
        expression = "SET " + ", ".join(f"{name} = :{name}" for name in changes)
        values = {f":{name}": value for name, value in changes.items()} | {":erased": ERASED}
        try:
            return _user(self._users.update({"user_id": user_id}, expression, condition=NOT_ERASED, values=values))
        except ConditionFailed:
            raise erased() from None

    def _forget_addresses(self, user_id: str) -> None:
        query = Query(key=("user_id", user_id), begins_with=("order_id", ORDER_PREFIX), consistent=True)
        for page in self._orders.all_pages(query):
            for order in page.items:
                if order.get("shipping_address") is not None:
                    key = {"user_id": user_id, "order_id": order["order_id"]}
                    self._orders.update(key, "SET shipping_address = :none", values={":none": None})


def _email(email: str) -> Item:
    # An index's key must not be empty.
    return {"email": email} if email else {}


def _user(item: Item) -> User:
    if item["account_status"] == ERASED:
        raise erased()
    return User(
        user_id=item["user_id"],
        email=item.get("email", ""),
        first_name=item.get("first_name"),
        last_name=item.get("last_name"),
        phone=item.get("phone"),
        address=item.get("address"),
        created_at=item["created_at"],
        last_login=item["last_login"],
        account_status=item["account_status"],
    )
