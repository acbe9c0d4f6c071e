"""What the shop knows of a shopper."""

from typing import Annotated, Any

import msgspec
from shared.address import Address
from shared.bodies import NOT_BLANK, Input
from shared.problems import AccountErased

ACTIVE, ERASED = "active", "erased"

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=100, pattern=NOT_BLANK)]
Phone = Annotated[str, msgspec.Meta(min_length=3, max_length=32, pattern=r"^[+0-9 ()./-]+\Z")]


class UserUpdate(Input, frozen=True, forbid_unknown_fields=True):
    """What a shopper may change; what is left out stays."""

    first_name: Name | msgspec.UnsetType = msgspec.UNSET
    last_name: Name | msgspec.UnsetType = msgspec.UNSET
    phone: Phone | msgspec.UnsetType = msgspec.UNSET
    address: Address | msgspec.UnsetType = msgspec.UNSET

    def faults(self) -> Any:
        if not self.changes():
            yield "body: must change something"

    def changes(self) -> dict[str, Any]:
        given = {name: getattr(self, name) for name in self.__struct_fields__}
        return {name: msgspec.to_builtins(value) for name, value in given.items() if value is not msgspec.UNSET}


class User(msgspec.Struct, frozen=True):
    """A profile as the API shows it."""

    user_id: str
    email: str
    first_name: str | None
    last_name: str | None
    phone: str | None
    address: dict[str, Any] | None
    created_at: str
    last_login: str
    account_status: str


def erased() -> AccountErased:
    return AccountErased("This account was erased. Sign up again to shop; old orders stay without a name.")
