"""Who the shoppers are: newcomers who sign up with the mailed code, as only a shop on this machine lets anybody."""

import uuid
from collections.abc import Callable
from urllib.parse import quote, urljoin

import requests

from cloudshelf.catalog.credentials import Account
from cloudshelf.client import IdentityProblem, NoAnswer, ShopClient

Accounts = Callable[[int], Account]
KNOWN = "UsernameExistsException"
CONFIRMED = "NotAuthorizedException"


def newcomers(url: str) -> Accounts:
    """A new account for each number; the code of its mail comes from the local cloud's mailbox."""
    run, password = uuid.uuid4().hex[:10], f"Load-{uuid.uuid4().hex}-9"

    def account(number: int) -> Account:
        made = Account(f"load-{run}-{number}@example.com", password)
        with ShopClient(url) as client:
            _sign_up(client, made)
        return made

    return account


def _sign_up(client: ShopClient, account: Account) -> None:
    try:
        client.sign_up(account.email, account.password)
    except IdentityProblem as problem:
        if problem.kind != KNOWN:  # as it is when the answer to the first try was lost
            raise
    try:
        client.confirm_sign_up(account.email, _code(urljoin(client.url, f"_local/mail/{quote(account.email)}")))
    except IdentityProblem as problem:
        if problem.kind != CONFIRMED:
            raise


def _code(mailbox: str) -> str:
    with requests.Session() as session:
        session.trust_env = False  # a proxy cannot reach this machine
        try:
            mails = session.get(mailbox, timeout=30).json()["mails"]
        except (requests.RequestException, ValueError, LookupError):
            raise NoAnswer(f"{mailbox} gives no mail: sign-up without a person needs a shop on this machine") from None
    if not mails:
        raise NoAnswer(f"{mailbox} has no mail")
    return str(mails[-1]["code"])
