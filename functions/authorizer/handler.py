"""Lambda entry point of API Gateway's token authorizer.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
"""

import os
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from shared.observability import logger

from authorizer.accounts import Accounts
from authorizer.keys import Keys
from authorizer.tokens import Refused, Tokens, Who


@cache
def tokens() -> Tokens:
    issuer = os.environ["USER_POOL_ISSUER"]
    url = os.environ.get("JWKS_URL") or f"{issuer}/.well-known/jwks.json"
    return Tokens(Keys(url), issuer, os.environ["USER_POOL_CLIENT_ID"])


@cache
def accounts() -> Accounts:
    from shared.postgres import database

    return Accounts(database())


def lambda_handler(event: dict[str, Any], _: LambdaContext) -> dict[str, Any]:
    """A policy. Whatever else is raised, as when keys or accounts are out of reach, lets nobody in: a 5xx."""
    try:
        who = tokens().who(event["authorizationToken"])
    except Refused as reason:
        logger().info("refused", reason=str(reason))
        # API Gateway answers 401 to an error of this very name.
        raise Exception("Unauthorized") from None  # noqa: TRY002
    return _policy(who, event["methodArn"], allow=accounts().is_open(who.sub))


def _policy(who: Who, method_arn: str, *, allow: bool) -> dict[str, Any]:
    """For the whole stage: the answer is kept for the token, whatever it is used for next."""
    api, stage = method_arn.split("/")[:2]
    statement = {
        "Action": "execute-api:Invoke",
        "Effect": "Allow" if allow else "Deny",
        "Resource": f"{api}/{stage}/*",
    }
    return {
        "principalId": who.sub,
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "context": who.context(),
    }
