"""Profiles in PostgreSQL."""

from typing import Any

import msgspec
from shared import clock
from shared.cart_rows import CartRows
from shared.postgres import Database, Rows, Session, Violation
from shared.reply import encode
from shared.row_ids import row_id

from users.model import ERASED, User, erased

COLUMNS = """user_id, coalesce(email, '') AS email, first_name, last_name, phone, address,
    to_char(created_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS created_at,
    coalesce(to_char(last_login, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), '') AS last_login, account_status"""
GET = f"SELECT row_to_json(found)::text FROM (SELECT {COLUMNS} FROM users WHERE id = :id) AS found"  # noqa: S608
SEEN = f"""WITH seen AS (
        INSERT INTO users (id, user_id, email, created_at, updated_at, last_login)
        VALUES (:id, :user_id, nullif(:email, ''), :now, :now, :now)
        ON CONFLICT (id) DO UPDATE SET email = coalesce(excluded.email, users.email), last_login = excluded.last_login
        WHERE users.account_status <> 'erased' RETURNING *
    ) SELECT row_to_json(found)::text FROM (SELECT {COLUMNS} FROM seen) AS found"""  # noqa: S608 - no input in it
# An address belongs to one account of the user pool at a time: who signs in with it now has it.
FREE_EMAIL = "UPDATE users SET email = NULL WHERE email = :email AND id <> :id"
UPDATE = f"""WITH changed AS (
        UPDATE users SET (first_name, last_name, phone, address) = (SELECT first_name, last_name, phone, address
            FROM jsonb_populate_record(users, :changes::jsonb)), updated_at = :now
        WHERE id = :id AND account_status <> 'erased' RETURNING *
    ) SELECT row_to_json(found)::text FROM (SELECT {COLUMNS} FROM changed) AS found"""  # noqa: S608
FORGET_ADDRESSES = "UPDATE orders SET shipping_address = NULL WHERE user_id = :id AND shipping_address IS NOT NULL"
ERASE = """INSERT INTO users (id, user_id, account_status, created_at, updated_at, erased_at)
    VALUES (:id, :user_id, 'erased', :now, :now, :now)
    ON CONFLICT (id) DO UPDATE SET account_status = 'erased', erased_at = excluded.erased_at,
        updated_at = excluded.updated_at, email = NULL, first_name = NULL, last_name = NULL, phone = NULL,
        address = NULL, last_login = NULL"""
EMAIL_TAKEN = "users_email_key"

_decoder = msgspec.json.Decoder(User)


class PostgresUsers:
    """A profile is made from the verified token when its owner first asks for it, or by the first order."""

    def __init__(self, database: Database, carts: CartRows) -> None:
        self._database, self._carts = database, carts

    def seen(self, user_id: str, email: str) -> User:
        now = clock.stamp(clock.now())
        if rows := self._database.run(GET, id=row_id("users", user_id)):
            user = _living(rows)
            if user.email == (email or user.email) and user.last_login[:10] == now[:10]:
                return user
        return _living(self._note(id=row_id("users", user_id), user_id=user_id, email=email, now=now))

    def update(self, user_id: str, email: str, changes: dict[str, Any]) -> User:
        self.seen(user_id, email)
        given = encode(changes).decode()
        now = clock.stamp(clock.now())
        return _living(self._database.run(UPDATE, id=row_id("users", user_id), changes=given, now=now))

    def erase(self, user_id: str) -> None:
        self._carts.erase(user_id)
        now = clock.stamp(clock.now())

        def forget(session: Session) -> None:
            session.run(FORGET_ADDRESSES, id=row_id("users", user_id))
            session.run(ERASE, id=row_id("users", user_id), user_id=user_id, now=now)

        self._database.transaction(forget)

    def _note(self, **values: Any) -> Rows:
        try:
            return self._database.run(SEEN, **values)
        except Violation as violation:
            if violation.constraint != EMAIL_TAKEN:
                raise
        self._database.run(FREE_EMAIL, id=values["id"], email=values["email"])
        return self._database.run(SEEN, **values)


def _living(rows: Rows) -> User:
    """The profile; AccountErased when there is none to be had any more."""
    user = _decoder.decode(rows[0][0]) if rows else None
    if user is None or user.account_status == ERASED:
        raise erased()
    return user
