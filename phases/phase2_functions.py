"""Phase 2's functions: each in the private subnets, in a security group of its own."""

from collections.abc import Mapping, Sequence

import pulumi

from components.cart_store import CartStore
from components.database.access import DatabaseAccess
from components.grant import Grant
from components.identity import SignIn
from components.network.dynamodb_endpoint import DynamodbEndpoint
from components.network.network import Network
from components.network.placement import Placement
from components.security.keys import Keys
from components.service_function import ServiceFunction
from phases.functions import Functions
from phases.relational import VARIABLES, cart_grants, session_grants

PURPOSES = {
    "admin": "The back office",
    "authorizer": "Checks who calls the API",
    "books": "The public catalogue",
    "carts": "Shopping carts",
    "orders": "Checkout and orders",
    "sessions": "Sessions of guests",
    "users": "Profiles",
}


def services(
    functions: Functions,
    network: Network,
    dynamodb: DynamodbEndpoint,
    database: DatabaseAccess,
    cart_store: CartStore,
    keys: Keys,
    identity: SignIn,
) -> tuple[Mapping[str, ServiceFunction], ServiceFunction]:
    """The functions of the API by their contract's names, and the one that checks tokens."""
    carts, sessions = cart_grants(cart_store), session_grants(cart_store)

    def place(package: str) -> Placement:
        placement = network.place(package, PURPOSES[package])
        if package in carts or package in sessions:
            dynamodb.admit(placement.security_group)
        return placement

    def items(package: str) -> Sequence[Grant]:
        grants = [*carts.get(package, ()), *sessions.get(package, ())]
        return [*grants, keys.use_data_through("dynamodb")] if grants else []

    def relational(package: str, more: Mapping[str, pulumi.Input[str]] | None = None) -> ServiceFunction:
        placement = place(package)
        database.admit(placement.security_group)
        if package == "authorizer":
            # Cognito publishes the keys its tokens are signed with.
            network.reach_service(placement.security_group, "cognito-idp")
        return functions.make(
            package,
            VARIABLES.get(package, ()),
            [database.connect(package), *items(package)],
            more={**database.environment(package), **(more or {})},
            placement=placement,
            concurrency=functions.settings.function_concurrency,
        )

    shop = {package: relational(package) for package in VARIABLES if package != "sessions"}
    shop["sessions"] = functions.make("sessions", VARIABLES["sessions"], items("sessions"), placement=place("sessions"))
    told = {"USER_POOL_ISSUER": identity.issuer, "USER_POOL_CLIENT_ID": identity.client_id}
    return shop, relational("authorizer", told)
