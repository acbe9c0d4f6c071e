"""One person at the shop, apart from the load: a newcomer whose requests are looked at one by one."""

from cloudshelf.client import ShopClient
from cloudshelf.load.accounts import newcomers
from cloudshelf.validate.caller import Caller, told

__all__ = ["Person", "told"]


class Person(Caller):
    """Signed up and signed in."""

    def __init__(self, url: str) -> None:
        account = newcomers(url)(0)
        with ShopClient(url) as client:
            client.sign_in(account.email, account.password)
            super().__init__(url, client.id_token() or "")
            self.user_id = str(client.call("getMe").body["user_id"])
