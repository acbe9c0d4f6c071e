"""A shop as it is looked at from outside, and the accounts that look."""

import json
import secrets
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cloudshelf.aws_account import AwsAccount
from cloudshelf.client import ClientError, ShopClient
from cloudshelf.client.shop import LOOPBACK
from cloudshelf.load.inventory import Accounts, newcomers
from cloudshelf.local.cloud import LocalCloud
from cloudshelf.terminal import Account, local_admin
from cloudshelf.validate.caller import Caller

SHOPPERS = ("shopper", "other")


@dataclass(frozen=True, kw_only=True)
class People:
    """`admin` None where nobody of the back office is known. `accounts` are further shoppers for the load."""

    shopper: Caller
    other: Caller
    admin: Caller | None
    admin_account: Account | None
    accounts: Accounts


@dataclass(kw_only=True)
class Guests:
    """Accounts made in a user pool for this run, and removed after it."""

    cognito: Any
    pool: str
    made: list[str] = field(default_factory=list)

    def account(self, _number: int = 0, *, group: str = "") -> Account:
        account = Account(f"validate-{uuid.uuid4().hex[:12]}@example.com", f"Aa1-{secrets.token_urlsafe(24)}")
        attributes = [{"Name": "email", "Value": account.email}, {"Name": "email_verified", "Value": "true"}]
        of = {"UserPoolId": self.pool, "Username": account.email}
        self.cognito.admin_create_user(**of, UserAttributes=attributes, MessageAction="SUPPRESS")
        self.made.append(account.email)
        self.cognito.admin_set_user_password(**of, Password=account.password, Permanent=True)
        if group:
            self.cognito.admin_add_user_to_group(**of, GroupName=group)
        return account

    def remove(self) -> None:
        for email in self.made:
            self.cognito.admin_delete_user(UserPoolId=self.pool, Username=email)


@contextmanager
def on_this_machine(url: str, admin: Account | None) -> Iterator[People]:
    """Newcomers, who sign up; the admin is the local cloud's demo admin, if it is known."""
    accounts = newcomers(url)
    yield _people(url, accounts(-1), accounts(-2), admin or local_admin(url), accounts)


@contextmanager
def of_a_pool(url: str, cognito: Any, pool: str) -> Iterator[People]:
    guests = Guests(cognito=cognito, pool=pool)
    try:
        shopper, other = guests.account(), guests.account()
        yield _people(url, shopper, other, guests.account(group="admin"), guests.account)
    finally:
        guests.remove()


@contextmanager
def of_a_file(url: str, path: Path) -> Iterator[People]:
    """JSON: {"shopper": {"email", "password"}, "other": {...}, "admin": {...}}; admin may be left out.

    ClientError for a file that is not so.
    """
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
        shopper, other = (Account(known[who]["email"], known[who]["password"]) for who in SHOPPERS)
        admin = Account(known["admin"]["email"], known["admin"]["password"]) if "admin" in known else None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ClientError(f"{path} does not name the accounts shopper and other: {error!r}") from None
    both = (shopper, other)
    yield _people(url, shopper, other, admin, lambda number: both[number % 2])


def _people(url: str, shopper: Account, other: Account, admin: Account | None, accounts: Accounts) -> People:
    return People(
        shopper=_signed_in(url, shopper),
        other=_signed_in(url, other),
        admin=_signed_in(url, admin) if admin else None,
        admin_account=admin,
        accounts=accounts,
    )


def _signed_in(url: str, account: Account) -> Caller:
    with ShopClient(url) as client:
        client.sign_in(account.email, account.password)
        return Caller(url, client.id_token() or "")


NOBODY = "nobody can sign in: give --credentials, or the stack's name after the address, and AWS credentials"
NO_ADMIN = "no account of the back office is known: give --credentials"
NOT_LOCAL = "the local cloud has neither TLS nor a second way to an origin"
NO_ACCOUNT = "give the stack's name after the address, and AWS credentials"


@dataclass(frozen=True, kw_only=True)
class Site:
    """`people` None where nobody can sign in. `cloud` is the local cloud if this process runs it, `account` the AWS
    account if it may be asked, `stack` the stack's name where it is known. `meta` is what the shop says of itself.
    """

    url: str
    anybody: Caller
    meta: dict[str, Any]
    people: People | None
    cloud: LocalCloud | None = None
    account: AwsAccount | None = None
    stack: str | None = None

    @property
    def phase(self) -> str:
        return str(self.meta["phase"])

    @property
    def has_sessions(self) -> bool:
        return bool(self.meta["capabilities"]["sessions"])

    @property
    def on_this_machine(self) -> bool:
        return any(f"//{host}" in self.url for host in LOOPBACK)
