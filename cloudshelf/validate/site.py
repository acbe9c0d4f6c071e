"""The shop that is looked at, and by what means."""

from dataclasses import dataclass
from typing import Any

from cloudshelf.aws_account import AwsAccount
from cloudshelf.client.shop import LOOPBACK
from cloudshelf.local.cloud import LocalCloud
from cloudshelf.validate.caller import Caller
from cloudshelf.validate.people import People

NOBODY = "nobody can sign in: give --credentials, or --stack and AWS credentials"
NO_ADMIN = "no account of the back office is known: give --credentials"
NOT_LOCAL = "the local cloud has neither TLS nor a second way to an origin"
NO_ACCOUNT = "give --stack, the stack's name, and AWS credentials"


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
