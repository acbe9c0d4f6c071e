"""A visitor's session: what it holds, the cookie that leads to it, and its form in DynamoDB."""

import re
import secrets
from hashlib import sha256

import msgspec

from shared import contract
from shared.dynamo import Item

COOKIE = "cloudshelf_session"
GUEST = "guest#"
ID_BYTES = 32
ID = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


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


def new_id() -> str:
    """What only the visitor's cookie holds: 256 random bits."""
    return secrets.token_urlsafe(ID_BYTES)


def key_of(session_id: str) -> str:
    """What is stored in place of the id, so that nobody who reads the table can take a session over."""
    return sha256(session_id.encode()).hexdigest()


def cart_owner(session: Session) -> str:
    """Whose the session's cart is. No shopper's id has a `#`."""
    return GUEST + session.key


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
    }


def contents(session: Session) -> Item:
    """What its owner may change."""
    return {
        "preferences": session.preferences,
        "browsing_history": list(session.browsing_history),
        "search_history": list(session.search_history),
    }


def from_item(item: Item) -> Session:
    return Session(
        key=item["session_id"],
        created_at=item["created_at"],
        expires_at=int(item["expires_at"]),
        ends_at=int(item["ends_at"]),
        version=int(item["version"]),
        preferences=item["preferences"],
        browsing_history=tuple(item["browsing_history"]),
        search_history=tuple(item["search_history"]),
    )
