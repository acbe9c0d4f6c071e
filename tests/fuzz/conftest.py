"""The stacks of the end-to-end tests, and who calls them."""

from collections.abc import Callable

import pytest

from cloudshelf.local.cloud import LocalCloud
from tests.e2e.conftest import cloud
from tests.e2e.shop import PASSWORD, Shop

__all__ = ["cloud"]


def admin(cloud: LocalCloud) -> Shop:
    """Somebody new in the admin group: what is done to its account is done to no other."""
    shop = Shop(cloud).sign_up()
    email = shop.call("GET", "/users/me").json()["email"]
    cognito = cloud.world.aws.client("cognito-idp")
    (pool,) = cloud.world.user_pool_clients
    cognito.admin_add_user_to_group(UserPoolId=pool, Username=email, GroupName="admin")
    return shop.sign_in(email, PASSWORD)


ACTORS: dict[str, Callable[[LocalCloud], Shop]] = {
    "anonymous": Shop,
    "shopper": lambda cloud: Shop(cloud).sign_up(),
    "admin": admin,
}


@pytest.fixture(params=ACTORS)
def actor(request: pytest.FixtureRequest, cloud: LocalCloud) -> Callable[[], Shop]:
    """Makes another of a kind."""
    return lambda: ACTORS[request.param](cloud)
