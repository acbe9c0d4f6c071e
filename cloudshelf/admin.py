"""`cloudshelf admin`: who may use the back office, in a shop on this machine and on AWS."""

import json
from typing import Any
from urllib.parse import quote

import click
from botocore.exceptions import ClientError

from cloudshelf.aws_account import NO_ANSWER, AwsAccount, told
from cloudshelf.chosen_stack import optional_stack_argument
from cloudshelf.client import NoAnswer
from cloudshelf.client.shop import LOCAL_SHOP, require_listener
from cloudshelf.client.transport import Backoff, Transport
from cloudshelf.terminal import say
from components.identity import pool_name

GROUP = "admin"


@click.group()
def admin() -> None:
    """Let accounts of a shop into its back office.

    \b
    Examples:
      cloudshelf admin add you@example.com phase1     on AWS
      cloudshelf admin add you@example.com                    in the shop on this machine

    \b
    Exit codes:
      0  done
      1  it could not be done; the reason is on stderr
      2  wrong options
    """


@admin.command()
@click.argument("email")
@optional_stack_argument
@click.option("--region", default="us-east-1", show_default=True, help="Where that stack is.")
@click.option("--url", default=LOCAL_SHOP, show_default=True, help="The shop on this machine.")
@click.option("--json", "json_output", is_flag=True, help="Print JSON.")
def add(email: str, *, stack: str | None, region: str, url: str, json_output: bool) -> None:
    """Make the account of EMAIL, which has signed up, an admin of STACK on AWS, or without STACK of the shop at --url.

    It takes effect at the account's next sign-in.
    """
    if stack is None:
        _add_here(url, email)
        where = url
    else:
        _add_on_aws(AwsAccount(region), stack, email)
        where = f"stack {stack}"
    if json_output:
        say(json.dumps({"email": email, "admin_of": stack or url}))
    else:
        say(f"{email} is an admin of {where} from the next sign-in on.")


def _add_here(url: str, email: str) -> None:
    transport = Transport(Backoff(attempts=1), trust_environment=False)
    try:
        require_listener(url)
        answer = transport.send("PUT", f"{url.rstrip('/')}/_local/admins/{quote(email, safe='')}", repeatable=True)
    except NoAnswer as problem:
        raise click.ClickException(str(problem)) from None
    finally:
        transport.close()
    if answer.status_code != 204:
        raise click.ClickException(_detail(answer))


def _detail(answer: Any) -> str:
    try:
        return str(answer.json()["detail"])
    except (ValueError, LookupError, TypeError):
        return f"{answer.url} answers {answer.status_code}: it is no shop on this machine"


def _add_on_aws(account: AwsAccount, stack: str, email: str) -> None:
    cognito = account.client("cognito-idp")
    try:
        pool = pool_of(cognito, stack)
        cognito.admin_add_user_to_group(UserPoolId=pool, Username=email, GroupName=GROUP)
    except ClientError as error:
        if error.response["Error"]["Code"] == "UserNotFoundException":
            raise click.ClickException(f"nobody has signed up as {email}: sign up in the shop first") from None
        raise click.ClickException(f"AWS refuses: {told(error)}") from None
    except NO_ANSWER as error:
        raise click.ClickException(f"AWS does not answer: {told(error)}") from None


def pool_of(cognito: Any, stack: str) -> str:
    """The id of a stack's user pool; ClickException where there is none."""
    name = pool_name(f"cloudshelf-{stack}")
    for page in cognito.get_paginator("list_user_pools").paginate(MaxResults=60):
        for pool in page["UserPools"]:
            if pool["Name"] == name:
                return str(pool["Id"])
    raise click.ClickException(f"there is no user pool {name}: is {stack} the stack, and --region its region?")
