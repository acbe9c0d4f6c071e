"""Somebody to sign in as, and something to buy: demo accounts with random passwords, the sample catalogue."""

import json
import os
import secrets
import string
import threading
from dataclasses import asdict
from pathlib import Path

from cloudshelf.catalog.options import Choices
from cloudshelf.catalog.source import Source
from cloudshelf.catalog.upload import Importer, Outcome, Sender
from cloudshelf.catalog.validation import Duplicates, Rejected, judged
from cloudshelf.client import Contract, ShopClient
from cloudshelf.local.world import World
from cloudshelf.terminal import Account, credentials_file

CATALOGUE = Path(__file__).resolve().parents[2] / "schema" / "catalogue" / "books.json"
WORKERS = 4
SHOPPER, ADMIN = "shopper@example.com", "admin@example.com"
ADMIN_GROUP = "admin"
PASSWORD_LENGTH = 20


def create_accounts(world: World) -> dict[str, Account]:
    """A confirmed shopper and a confirmed admin in the stack's user pool."""
    (pool,) = world.user_pool_clients
    accounts = {"shopper": Account(SHOPPER, _password()), "admin": Account(ADMIN, _password())}
    cognito = world.aws.client("cognito-idp")
    for account in accounts.values():
        attributes = [{"Name": "email", "Value": account.email}, {"Name": "email_verified", "Value": "true"}]
        cognito.admin_create_user(
            UserPoolId=pool, Username=account.email, UserAttributes=attributes, MessageAction="SUPPRESS"
        )
        cognito.admin_set_user_password(
            UserPoolId=pool, Username=account.email, Password=account.password, Permanent=True
        )
    cognito.admin_add_user_to_group(UserPoolId=pool, Username=ADMIN, GroupName=ADMIN_GROUP)
    return accounts


def add_admin(world: World, email: str) -> bool:
    """False where nobody has signed up with that address."""
    (pool,) = world.user_pool_clients
    cognito = world.aws.client("cognito-idp")
    try:
        cognito.admin_add_user_to_group(UserPoolId=pool, Username=email, GroupName=ADMIN_GROUP)
    except cognito.exceptions.UserNotFoundException:
        return False
    return True


def write_credentials(root: Path, url: str, accounts: dict[str, Account]) -> Path:
    """For the tools on this machine, in a file of this shop; readable by its owner only."""
    path = credentials_file(url, root / ".local" / "credentials")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump({"url": url, **{role: asdict(account) for role, account in accounts.items()}}, file, indent=2)
    return path


def import_catalogue(url: str, admin: Account, stop: threading.Event) -> str:
    """The sample catalogue, sent through the admin API as anybody's own books are. Answers with what became of it."""
    rejected: list[Rejected] = []
    choices = Choices(Contract.load().schema("NewBook"), {}, {})
    with Source(CATALOGUE) as source, Duplicates() as duplicates, ShopClient(url, pause=stop.wait) as client:
        client.sign_in(admin.email, admin.password)
        importer = Importer(
            Sender(client).put, workers=WORKERS, stop=stop, on_reject=rejected.append, on_step=lambda _: None
        )
        summary = importer.run(judged(source, choices.judge(), duplicates))
    done = summary.outcomes[Outcome.CREATED] + summary.outcomes[Outcome.UPDATED]
    failed = f", {len(rejected)} rejected, the first: {rejected[0].faults[0].text}" if rejected else ""
    return f"{done} books of the sample catalogue are in the shop{failed}"


def _password() -> str:
    """Random, with every class of character a password policy can ask for."""
    classes = [string.ascii_lowercase, string.ascii_uppercase, string.digits, "-_.!"]
    required = [secrets.choice(alphabet) for alphabet in classes]
    rest = [secrets.choice("".join(classes)) for _ in range(PASSWORD_LENGTH - len(required))]
    drawn = required + rest
    secrets.SystemRandom().shuffle(drawn)
    return "".join(drawn)
