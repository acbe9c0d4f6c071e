"""What a store of profiles does, whatever it is made of."""

from typing import Any, Protocol

from users.model import User


class Users(Protocol):
    """All but `erase` raise AccountErased for an account that was."""

    def seen(self, user_id: str, email: str) -> User:
        """The profile of a caller, made at the first call. Notes the day they were here, and an e-mail address."""
        ...

    def update(self, user_id: str, email: str, changes: dict[str, Any]) -> User: ...

    def erase(self, user_id: str) -> None:
        """Drops cart, addresses and profile. May be repeated, and finishes what an earlier try began."""
        ...
