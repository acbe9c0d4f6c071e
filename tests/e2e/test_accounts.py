"""Accounts that were closed: no token opens the shop for them, however good it is."""

import pytest

from cloudshelf.local.cloud import LocalCloud
from tests.e2e.shop import PASSWORD, Shop, code


def test_a_disabled_account_gets_no_further_than_the_authorizer(shopper: Shop, cloud: LocalCloud) -> None:
    if cloud.stack != "phase2":
        pytest.skip("the stack has no authorizer of its own")
    profile = shopper.call("PATCH", "/users/me", {"first_name": "Ada"}).json()
    (database,) = cloud.world.databases.instances.values()
    connection = database.server.connect(database="cloudshelf")
    changed = connection.run(
        "UPDATE users SET account_status = 'disabled' WHERE email = :email RETURNING user_id", email=profile["email"]
    )
    connection.close()
    assert changed is not None
    assert len(changed) == 1
    again = Shop(cloud).sign_in(profile["email"], PASSWORD)
    assert again.token != shopper.token
    for path in ("/users/me", "/cart", "/orders"):
        refused = again.call("GET", path)
        assert (refused.status_code, code(refused)) == (403, "forbidden")
    assert again.call("GET", "/books").status_code == 200
