"""Cognito user pools in moto, with the front of cloudshelf.local.identity before them."""

from typing import TYPE_CHECKING, Any

from cloudshelf.local.cognito_address import endpoint
from cloudshelf.local.resources.registry import REGISTRY, Fidelity, Inputs, Made

if TYPE_CHECKING:
    from cloudshelf.local.world import World

POOL_NOTE = "moto: users, passwords, groups, signed tokens; e-mails are at /_local/mail/<address>; no MFA"
POLICY_FIELDS = {
    "minimumLength": "MinimumLength",
    "requireLowercase": "RequireLowercase",
    "requireNumbers": "RequireNumbers",
    "requireSymbols": "RequireSymbols",
    "requireUppercase": "RequireUppercase",
}


@REGISTRY.make(Fidelity.REAL, "aws:cognito/userPool:UserPool", POOL_NOTE)
def user_pool(world: "World", name: str, inputs: Inputs) -> Made:
    arguments: dict[str, Any] = {
        "PoolName": inputs.get("name", name),
        "UsernameAttributes": inputs.get("usernameAttributes", []),
        **_settings(inputs),
    }
    pool = world.aws.client("cognito-idp").create_user_pool(**arguments)["UserPool"]
    world.user_pool_clients[pool["Id"]] = set()
    return pool["Id"], {"arn": pool["Arn"], "endpoint": _endpoint(world, pool["Id"]), "name": pool["Name"]}


def _settings(inputs: Inputs) -> dict[str, Any]:
    """What of a pool can be changed."""
    policy = inputs.get("passwordPolicy", {})
    return {
        "AutoVerifiedAttributes": inputs.get("autoVerifiedAttributes", []),
        "Policies": {"PasswordPolicy": {aws: policy[ours] for ours, aws in POLICY_FIELDS.items() if ours in policy}},
    }


@REGISTRY.change("aws:cognito/userPool:UserPool")
def change_user_pool(world: "World", identity: str, old: Inputs, new: Inputs) -> dict[str, Any]:
    world.aws.client("cognito-idp").update_user_pool(UserPoolId=identity, **_settings(new))
    return {}


@REGISTRY.remove("aws:cognito/userPool:UserPool")
def remove_user_pool(world: "World", identity: str, inputs: Inputs) -> None:
    if inputs.get("deletionProtection") == "ACTIVE":
        raise ValueError(f"{identity}: the user pool cannot be deleted while its deletion protection is active")
    world.aws.client("cognito-idp").delete_user_pool(UserPoolId=identity)
    del world.user_pool_clients[identity]


def _endpoint(world: "World", pool: str) -> str:
    """Where Cognito's public API of a pool is, as the provider tells it: without a scheme."""
    return f"{endpoint(world)}/{pool}"


def issuer(world: "World", pool: str) -> str:
    """Who moto says has signed a pool's tokens: Cognito itself."""
    return f"https://cognito-idp.{world.region}.amazonaws.com/{pool}"


def local_issuer(world: "World", url: str) -> str | None:
    """The pool whose tokens the program expects from this URL, made of the local endpoint; None for another URL."""
    return next((pool for pool in world.user_pool_clients if url == f"https://{_endpoint(world, pool)}"), None)


@REGISTRY.make(Fidelity.REAL, "aws:cognito/userPoolClient:UserPoolClient", POOL_NOTE)
def user_pool_client(world: "World", name: str, inputs: Inputs) -> Made:
    made = world.aws.client("cognito-idp").create_user_pool_client(
        UserPoolId=inputs["userPoolId"],
        ClientName=inputs.get("name", name),
        ExplicitAuthFlows=inputs.get("explicitAuthFlows", []),
        GenerateSecret=bool(inputs.get("generateSecret")),
    )["UserPoolClient"]
    world.user_pool_clients[inputs["userPoolId"]].add(made["ClientId"])
    return made["ClientId"], {"name": made["ClientName"]}


@REGISTRY.change("aws:cognito/userPoolClient:UserPoolClient")
def change_user_pool_client(world: "World", identity: str, old: Inputs, new: Inputs) -> dict[str, Any]:
    world.aws.client("cognito-idp").update_user_pool_client(
        UserPoolId=new["userPoolId"], ClientId=identity, ExplicitAuthFlows=new.get("explicitAuthFlows", [])
    )
    return {}


@REGISTRY.remove("aws:cognito/userPoolClient:UserPoolClient")
def remove_user_pool_client(world: "World", identity: str, inputs: Inputs) -> None:
    world.aws.client("cognito-idp").delete_user_pool_client(UserPoolId=inputs["userPoolId"], ClientId=identity)
    world.user_pool_clients[inputs["userPoolId"]].discard(identity)


@REGISTRY.make(Fidelity.REAL, "aws:cognito/userGroup:UserGroup", POOL_NOTE)
def user_group(world: "World", name: str, inputs: Inputs) -> Made:
    group = inputs.get("name", name)
    world.aws.client("cognito-idp").create_group(GroupName=group, UserPoolId=inputs["userPoolId"])
    return f"{inputs['userPoolId']}/{group}", {"name": group}


@REGISTRY.change("aws:cognito/userGroup:UserGroup")
def change_user_group(world: "World", identity: str, old: Inputs, new: Inputs) -> dict[str, Any]:
    """Its description and precedence, which nobody asks for here."""
    return {}


@REGISTRY.remove("aws:cognito/userGroup:UserGroup")
def remove_user_group(world: "World", identity: str, inputs: Inputs) -> None:
    pool, _, group = identity.partition("/")
    world.aws.client("cognito-idp").delete_group(GroupName=group, UserPoolId=pool)
