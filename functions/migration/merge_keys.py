"""Idempotency rows into PostgreSQL: the key of an order, or authorisations that were given up.

A key whose order is not here waits for it; an order takes its key with it when it comes.
"""

from collections.abc import Sequence

from orders.items import IDEMPOTENCY_PREFIX
from shared.postgres import Session
from shared.row_ids import row_id

from migration.merging import Terms
from migration.row import Row

GIVEN = """unnest(:user_ids::text[], :shoppers::uuid[], :keys::text[], :orders::text[], :fingerprints::text[])
    AS given(user_id, shopper, key, order_id, fingerprint)"""
TIE = f"""WITH tied AS (
        UPDATE orders SET idempotency_key = given.key, fingerprint = given.fingerprint FROM {GIVEN}
        WHERE orders.order_id = given.order_id COLLATE "C" AND orders.user_id = given.shopper
            AND (orders.idempotency_key, orders.fingerprint) IS DISTINCT FROM (given.key, given.fingerprint)
        RETURNING 1
    ),
    waiting AS (
        INSERT INTO migration.pending_keys (user_id, key, order_id, fingerprint)
        SELECT given.user_id, given.key, given.order_id, given.fingerprint FROM {GIVEN}
        WHERE NOT EXISTS (SELECT FROM orders
            WHERE orders.order_id = given.order_id COLLATE "C" AND orders.user_id = given.shopper)
        ON CONFLICT (user_id, key) DO UPDATE SET order_id = excluded.order_id, fingerprint = excluded.fingerprint
        WHERE (pending_keys.order_id, pending_keys.fingerprint)
            IS DISTINCT FROM (excluded.order_id, excluded.fingerprint)
        RETURNING 1
    ) SELECT (SELECT count(*) FROM tied) + (SELECT count(*) FROM waiting)"""  # noqa: S608 - no input in it
# What they held is not known here, and nothing is taken of it.
RELEASE = """WITH released AS (
        INSERT INTO payments (authorisation, amount, currency, status, created_at, updated_at)
        SELECT authorisation, 0, :currency, 'voided', now(), now() FROM unnest(:released::text[]) AS g(authorisation)
        ON CONFLICT DO NOTHING RETURNING authorisation
    ) SELECT authorisation FROM released"""
# Two loaders may each have had one of the two, and not seen the other's.
RECONCILE = """WITH taken AS (
        DELETE FROM migration.pending_keys AS pending USING orders, users
        WHERE pending.order_id = orders.order_id AND users.id = orders.user_id AND users.user_id = pending.user_id
        RETURNING orders.id, pending.key, pending.fingerprint
    )
    UPDATE orders SET idempotency_key = taken.key, fingerprint = taken.fingerprint FROM taken
    WHERE orders.id = taken.id"""
REMOVE = """WITH given AS (
        SELECT * FROM unnest(:shoppers::uuid[], :user_ids::text[], :keys::text[]) AS g(shopper, user_id, key)
    ),
    untied AS (
        UPDATE orders SET idempotency_key = NULL, fingerprint = NULL FROM given
        WHERE orders.user_id = given.shopper AND orders.idempotency_key = given.key COLLATE "C" RETURNING 1
    ),
    gone AS (
        DELETE FROM migration.pending_keys AS pending USING given
        WHERE pending.user_id = given.user_id COLLATE "C" AND pending.key = given.key COLLATE "C" RETURNING 1
    ) SELECT (SELECT count(*) FROM untied) + (SELECT count(*) FROM gone)"""


def merge(
    session: Session, rows: Sequence[Row], terms: Terms, _leaving: frozenset[str]
) -> tuple[int, list[tuple[Row, str]]]:
    placed = [row.values for row in rows if row.values["placed_order_id"] is not None]
    released = [name for row in rows for name in row.values["released"] or ()]
    written = 0
    if placed:
        written += session.run(
            TIE,
            user_ids=[values["user_id"] for values in placed],
            shoppers=[row_id("users", values["user_id"]) for values in placed],
            keys=[values["order_id"].removeprefix(IDEMPOTENCY_PREFIX) for values in placed],
            orders=[values["placed_order_id"] for values in placed],
            fingerprints=[values["fingerprint"] for values in placed],
        )[0][0]
    if released:
        new = {name for (name,) in session.run(RELEASE, released=released, currency=terms.currency)}
        written += sum(not new.isdisjoint(row.values["released"] or ()) for row in rows)
    return written, []


def remove(session: Session, keys: Sequence[str]) -> int:
    parts = [key.partition("/") for key in keys]
    return int(
        session.run(
            REMOVE,
            shoppers=[row_id("users", user_id) for user_id, _, _ in parts],
            user_ids=[user_id for user_id, _, _ in parts],
            keys=[order_id.removeprefix(IDEMPOTENCY_PREFIX) for _, _, order_id in parts],
        )[0][0]
    )


def reconcile(session: Session) -> None:
    session.run(RECONCILE)
