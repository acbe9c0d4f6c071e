"""What a visitor may tell a session, and how it is shown."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import msgspec
from shared import clock
from shared.bodies import BookId, Input
from shared.cart_rows import Line
from shared.money import ZERO
from shared.session import Session

MOST_BROWSED, MOST_SEARCHED = 50, 20

Language = Annotated[str, msgspec.Meta(pattern=r"^[a-z]{2}(-[A-Z]{2})?\Z")]
Currency = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3}\Z")]
Words = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


class Preferences(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    theme: Literal["system", "light", "dark"] | msgspec.UnsetType = msgspec.UNSET
    language: Language | msgspec.UnsetType = msgspec.UNSET
    currency: Currency | msgspec.UnsetType = msgspec.UNSET


class SessionUpdate(Input, frozen=True, forbid_unknown_fields=True):
    """What is left out stays as it is."""

    preferences: Preferences | msgspec.UnsetType = msgspec.UNSET
    viewed: BookId | msgspec.UnsetType = msgspec.UNSET
    searched: Words | msgspec.UnsetType = msgspec.UNSET

    def faults(self) -> Iterator[str]:
        if all(getattr(self, name) is msgspec.UNSET for name in self.__struct_fields__):
            yield "body: must change something"

    def of(self, session: Session) -> Session:
        """The session with the change made."""
        changes: dict[str, Any] = {}
        if not isinstance(self.preferences, msgspec.UnsetType):
            changes["preferences"] = session.preferences | msgspec.to_builtins(self.preferences)
        if not isinstance(self.viewed, msgspec.UnsetType):
            changes["browsing_history"] = _latest(self.viewed, session.browsing_history, MOST_BROWSED)
        if not isinstance(self.searched, msgspec.UnsetType) and (words := " ".join(self.searched.split())):
            changes["search_history"] = _latest(words, session.search_history, MOST_SEARCHED)
        return msgspec.structs.replace(session, **changes)


def shown(session: Session, cart: Iterable[Line]) -> dict[str, Any]:
    """A session as the API shows it, with a summary of its cart as it was last seen."""
    lines = list(cart)
    return {
        "preferences": session.preferences,
        "browsing_history": session.browsing_history,
        "search_history": session.search_history,
        "cart_summary": {
            "item_count": sum(line.quantity for line in lines),
            "total_amount": sum((line.price * line.quantity for line in lines), ZERO),
        },
        "created_at": session.created_at,
        "expires_at": clock.stamp(datetime.fromtimestamp(session.expires_at, UTC)),
    }


def _latest(new: str, known: tuple[str, ...], most: int) -> tuple[str, ...]:
    """The latest first, each once."""
    return (new, *(each for each in known if each != new))[:most]
