"""Lambda entry point of shoppers' profiles."""

import os
from functools import cache

from shared import settings
from shared.api import Api
from shared.reply import Reply
from shared.request import Request

from users.model import UserUpdate
from users.store import Users

api = Api("users")


@cache
def users() -> Users:
    from shared.cart_rows import own_rows

    if "DATABASE_HOST" in os.environ:
        from shared.postgres import database

        from users.postgres import PostgresUsers

        return PostgresUsers(database(), own_rows())
    from shared.dynamo import Table

    from users.dynamo import DynamoUsers

    return DynamoUsers(Table(settings.table("users")), own_rows(), Table(settings.table("orders")))


@api.operation("getMe")
def get_me(request: Request) -> Reply:
    return Reply(users().seen(request.caller.user_id, request.caller.email))


@api.operation("updateMe")
def update_me(request: Request) -> Reply:
    changes = request.body(UserUpdate).changes()
    return Reply(users().update(request.caller.user_id, request.caller.email, changes))


@api.operation("eraseMe")
def erase_me(request: Request) -> Reply:
    users().erase(request.caller.user_id)
    return Reply(None, 204)


lambda_handler = api.lambda_handler()
