"""Shoppers into PostgreSQL. An e-mail address is one shopper's."""

from collections.abc import Sequence

from shared.postgres import Session
from shared.row_ids import row_id

from migration.mapping import USER
from migration.merging import Terms
from migration.row import Row
from migration.staging import Staged

NAMES = [attribute.name for attribute in USER.attributes]
STAGED = Staged(
    "staged_users",
    (("place", "integer"), ("id", "uuid"), *((each.name, each.kind.sql) for each in USER.attributes)),
    key="place",
)
# OFFSET 0 keeps the planner, which knows nothing of what is staged, at one look by index for each row of it.
IN_THE_WAY = """SELECT place, 'email: is that of ' || other.user_id || ', too' FROM staged_users AS staged,
    LATERAL (SELECT user_id FROM users WHERE users.email = staged.email OFFSET 0) AS other
    WHERE other.user_id <> staged.user_id
        AND NOT EXISTS (SELECT FROM staged_users AS too WHERE too.user_id = other.user_id)"""
# Whoever gives an address up does before anybody takes it: so they go round in one set.
FREE = """UPDATE users SET email = NULL FROM staged_users AS staged
    WHERE users.id = staged.id AND users.email IS NOT NULL AND users.email IS DISTINCT FROM staged.email
    RETURNING users.id"""
FACTS = [name for name in NAMES if name not in ("user_id", "created_at")]
# An account that was erased has its time of creation no more where it comes from.
CREATED = "CASE WHEN excluded.account_status = 'erased' THEN users.created_at ELSE excluded.created_at END"
UPSERT = f"""WITH written AS (
        INSERT INTO users (id, user_id, created_at, updated_at, {", ".join(FACTS)})
        SELECT id, user_id, coalesce(created_at, erased_at), coalesce(last_login, created_at, erased_at),
            {", ".join(FACTS)} FROM staged_users
        ON CONFLICT (user_id) DO UPDATE SET created_at = {CREATED}, updated_at = excluded.updated_at,
            {", ".join(f"{name} = excluded.{name}" for name in FACTS)}
        WHERE (users.created_at, {", ".join(f"users.{name}" for name in FACTS)})
            IS DISTINCT FROM ({CREATED}, {", ".join(f"excluded.{name}" for name in FACTS)})
        RETURNING id
    ) SELECT id FROM written"""  # noqa: S608 - no input in it
# Who bought something stays, without all else, as somebody who never had a profile.
BLANK = ", ".join(f"{name} = NULL" for name in FACTS if name != "account_status")
REMOVE = f"""WITH blanked AS (
        UPDATE users SET account_status = 'active', {BLANK}
        WHERE user_id = ANY(:keys) AND EXISTS (SELECT FROM orders WHERE orders.user_id = users.id) RETURNING 1
    ),
    gone AS (
        DELETE FROM users
        WHERE user_id = ANY(:keys) AND NOT EXISTS (SELECT FROM orders WHERE orders.user_id = users.id) RETURNING 1
    ) SELECT (SELECT count(*) FROM blanked) + (SELECT count(*) FROM gone)"""  # noqa: S608 - no input in it


def merge(
    session: Session, rows: Sequence[Row], _terms: Terms, _leaving: frozenset[str]
) -> tuple[int, list[tuple[Row, str]]]:
    kept, refused = _once(rows)
    _stage(session, kept)
    # Who is refused does not give up what another of them wants.
    while found := session.run(IN_THE_WAY):
        reasons: dict[int, str] = dict(found)
        refused += [(kept[place], reason) for place, reason in sorted(reasons.items())]
        kept = [row for place, row in enumerate(kept) if place not in reasons]
        _stage(session, kept)
    written = {id_ for (id_,) in session.run(FREE)}
    written |= {id_ for (id_,) in session.run(UPSERT)}
    return len(written), refused


def remove(session: Session, keys: Sequence[str]) -> int:
    return int(session.run(REMOVE, keys=list(keys))[0][0])


def _once(rows: Sequence[Row]) -> tuple[list[Row], list[tuple[Row, str]]]:
    kept: list[Row] = []
    refused: list[tuple[Row, str]] = []
    owners: dict[str, str] = {}
    for row in rows:
        email = row.values["email"]
        if email is not None and email in owners:
            refused.append((row, f"email: is that of {owners[email]}, too"))
            continue
        owners[email or ""] = row.values["user_id"]
        kept.append(row)
    return kept, refused


def _stage(session: Session, rows: Sequence[Row]) -> None:
    found = (
        [place, row_id("users", row.values["user_id"]), *(row.values[name] for name in NAMES)]
        for place, row in enumerate(rows)
    )
    STAGED.fill(session, found)
