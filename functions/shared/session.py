"""A visitor's session: what it holds, the cookie that leads to it, and its form in DynamoDB."""

import re
import secrets
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

import msgspec

from shared import clock, contract
from shared.dynamo import Item
from shared.money import ZERO, cents

COOKIE = "cloudshelf_session"
ID_BYTES = 32
ID = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


class CartSummary(msgspec.Struct, frozen=True):
    """The session's cart as it was last seen."""

    item_count: int = 0
    total_amount: Decimal = ZERO


class Session(msgspec.Struct, frozen=True):
    """`expires_at` (epoch seconds) moves on with use, never beyond `ends_at`. `version` counts the owner's changes."""

    key: str
    created_at: str
    expires_at: int
    ends_at: int
    version: int = 1
    preferences: dict[str, str] = {}
    browsing_history: tuple[str, ...] = ()
    search_history: tuple[str, ...] = ()
    cart_summary: CartSummary = CartSummary()

    def shown(self) -> dict[str, Any]:
        """As the API shows it."""
        return {
            "preferences": self.preferences,
            "browsing_history": self.browsing_history,
            "search_history": self.search_history,
            "cart_summary": self.cart_summary,
            "created_at": self.created_at,
            "expires_at": clock.stamp(datetime.fromtimestamp(self.expires_at, UTC)),
        }


def new_id() -> str:
    """What only the visitor's cookie holds: 256 random bits."""
    return secrets.token_urlsafe(ID_BYTES)


def key_of(session_id: str) -> str:
    """What is stored in place of the id, so that nobody who reads the table can take a session over."""
    return sha256(session_id.encode()).hexdigest()


def cookie(session_id: str, seconds: int) -> str:
    """A Set-Cookie header; with 0 seconds and no id it takes the cookie back."""
    return f"{COOKIE}={session_id}; Path={contract.base_path()}; Max-Age={seconds}; HttpOnly; Secure; SameSite=Strict"


def to_item(session: Session) -> Item:
    return {
        "session_id": session.key,
        "created_at": session.created_at,
        "last_activity": session.created_at,
        "expires_at": session.expires_at,
        "ends_at": session.ends_at,
        "version": session.version,
        **contents(session),
        "cart_summary": summary_item(session.cart_summary),
    }


def contents(session: Session) -> Item:
    """What its owner may change."""
    return {
        "preferences": session.preferences,
        "browsing_history": list(session.browsing_history),
        "search_history": list(session.search_history),
    }


def summary_item(summary: CartSummary) -> Item:
    return msgspec.structs.asdict(summary)


def from_item(item: Item) -> Session:
    summary = item["cart_summary"]
    return Session(
        key=item["session_id"],
        created_at=item["created_at"],
        expires_at=int(item["expires_at"]),
        ends_at=int(item["ends_at"]),
        version=int(item["version"]),
        preferences=item["preferences"],
        browsing_history=tuple(item["browsing_history"]),
        search_history=tuple(item["search_history"]),
        cart_summary=CartSummary(int(summary["item_count"]), cents(summary["total_amount"])),
    )
