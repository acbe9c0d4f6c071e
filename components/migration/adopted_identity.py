"""Another stack's user pool, used by this one: passwords cannot be read, so accounts stay where they are."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.identity import pool_name, storefront_name


class NoSuchPool(Exception):
    """The other stack is not there, or is there more than once."""


@dataclass(frozen=True, kw_only=True)
class AdoptedIdentityArgs:
    """`prefix` begins the other stack's physical names."""

    prefix: str
    region: str


class AdoptedIdentity(pulumi.ComponentResource):
    """Looked up, never changed. Shoppers keep their passwords, tokens and ids."""

    user_pool_id: pulumi.Output[str]
    user_pool_arn: pulumi.Output[str]
    client_id: pulumi.Output[str]
    endpoint: pulumi.Output[str]
    issuer: pulumi.Output[str]

    def __init__(self, name: str, args: AdoptedIdentityArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudshelf:migration:AdoptedIdentity", name, None, opts)
        invoke = pulumi.InvokeOptions(parent=self)
        pool, client = pool_name(args.prefix), storefront_name(args.prefix)
        pools = aws.cognito.get_user_pools_output(name=pool, opts=invoke)
        self.user_pool_id = pools.ids.apply(lambda ids: _one(ids, f"user pools {pool}"))
        self.user_pool_arn = pools.arns.apply(lambda arns: _one(arns, f"user pools {pool}"))
        clients = aws.cognito.get_user_pool_clients_output(user_pool_id=self.user_pool_id, opts=invoke)
        self.client_id = clients.apply(
            lambda found: _one(
                [each for each, named in zip(found.client_ids, found.client_names, strict=True) if named == client],
                f"clients {client} of the user pool {pool}",
            )
        )
        cognito = aws.get_service_output(service_id="cognito-idp", region=args.region, opts=invoke)
        self.endpoint = pulumi.Output.concat("//", cognito.dns_name, "/")
        self.issuer = pulumi.Output.concat("https://", cognito.dns_name, "/", self.user_pool_id)
        self.register_outputs({"user_pool_id": self.user_pool_id, "client_id": self.client_id})


def _one(found: Sequence[str], what: str) -> str:
    if len(found) != 1:
        raise NoSuchPool(
            f"there are {len(found)} {what}: cloudshelf:accountsFrom names a stack in this account and region"
        )
    return found[0]
