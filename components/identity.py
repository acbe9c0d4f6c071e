"""Who may sign in: a Cognito user pool, its browser client and the admin group."""

from dataclasses import dataclass
from typing import Protocol

import pulumi
import pulumi_aws as aws

ADMIN_GROUP = "admin"
ATTRIBUTES = ["email", "given_name", "family_name"]


@dataclass(frozen=True, kw_only=True)
class IdentityArgs:
    """`prefix` begins every physical name; `protect` keeps the pool when the stack is destroyed."""

    prefix: str
    protect: bool


class SignIn(Protocol):
    """A user pool and the storefront's client of it, this stack's or another's.

    `endpoint` is Cognito's public API as a URL without scheme, so that it has the page's own. `issuer` is who signs the
    tokens.
    """

    user_pool_id: pulumi.Output[str]
    user_pool_arn: pulumi.Output[str]
    client_id: pulumi.Output[str]
    endpoint: pulumi.Output[str]
    issuer: pulumi.Output[str]


class Identity(pulumi.ComponentResource):
    """The stack's own user pool."""

    user_pool_id: pulumi.Output[str]
    user_pool_arn: pulumi.Output[str]
    client_id: pulumi.Output[str]
    endpoint: pulumi.Output[str]
    issuer: pulumi.Output[str]

    def __init__(self, name: str, args: IdentityArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudshelf:identity:Identity", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        pool = aws.cognito.UserPool(
            f"{name}-pool",
            name=pool_name(args.prefix),
            username_attributes=["email"],
            auto_verified_attributes=["email"],
            username_configuration={"case_sensitive": False},
            password_policy={
                "minimum_length": 12,
                "require_lowercase": True,
                "require_numbers": True,
                "require_symbols": False,
                "require_uppercase": True,
                "temporary_password_validity_days": 7,
            },
            mfa_configuration="OPTIONAL",
            software_token_mfa_configuration={"enabled": True},
            # A new address counts only once its owner has confirmed it.
            user_attribute_update_settings={"attributes_require_verification_before_updates": ["email"]},
            account_recovery_setting={"recovery_mechanisms": [{"name": "verified_email", "priority": 1}]},
            deletion_protection="ACTIVE" if args.protect else "INACTIVE",
            opts=pulumi.ResourceOptions(parent=self, protect=args.protect),
        )
        client = aws.cognito.UserPoolClient(
            f"{name}-client",
            name=storefront_name(args.prefix),
            user_pool_id=pool.id,
            # A browser can keep no secret.
            generate_secret=False,
            explicit_auth_flows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
            prevent_user_existence_errors="ENABLED",
            enable_token_revocation=True,
            access_token_validity=60,
            id_token_validity=60,
            refresh_token_validity=30,
            token_validity_units={"access_token": "minutes", "id_token": "minutes", "refresh_token": "days"},
            read_attributes=[*ATTRIBUTES, "email_verified"],
            write_attributes=ATTRIBUTES,
            opts=child,
        )
        aws.cognito.UserGroup(f"{name}-admin", name=ADMIN_GROUP, user_pool_id=pool.id, opts=child)
        self.user_pool_id, self.user_pool_arn, self.client_id = pool.id, pool.arn, client.id
        self.issuer = pulumi.Output.concat("https://", pool.endpoint)
        self.endpoint = pool.endpoint.apply(lambda host_and_pool: f"//{host_and_pool.rpartition('/')[0]}/")
        self.register_outputs({"user_pool_id": self.user_pool_id, "client_id": self.client_id})


def pool_name(prefix: str) -> str:
    return f"{prefix}-users"


def storefront_name(prefix: str) -> str:
    """Of the client that browsers use."""
    return f"{prefix}-storefront"
