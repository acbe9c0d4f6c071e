"""What could not be moved: kept as it came, with the reason, until it comes right or somebody signs for it."""

from collections.abc import Sequence
from typing import Any

from shared.postgres import Session

from migration.row import BOOKS, USERS, Bad, entity_of

PAGE = 200
# A reason somebody signed for stays signed while nothing changes.
NOTE = """INSERT INTO migration.rejects (entity, key, reason, document, retryable)
    SELECT DISTINCT ON (entity, key) * FROM unnest(:entities::text[], :keys::text[], :reasons::text[],
        :documents::text[], :retryable::boolean[]) AS given(entity, key, reason, document, retryable)
    ORDER BY entity, key
    ON CONFLICT (entity, key) DO UPDATE SET reason = excluded.reason, document = excluded.document,
        retryable = excluded.retryable, seen_at = now(), signed_by = NULL, signed_at = NULL
    WHERE (rejects.reason, rejects.document, rejects.retryable)
        IS DISTINCT FROM (excluded.reason, excluded.document, excluded.retryable)"""
CLEAR = """DELETE FROM migration.rejects USING unnest(:entities::text[], :keys::text[]) AS given(entity, key)
    WHERE rejects.entity = given.entity COLLATE "C" AND rejects.key = given.key COLLATE "C" """
LIST = """SELECT entity, key, reason, document, signed_by, to_char(signed_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
    FROM migration.rejects WHERE (entity, key) > (:entity, :key) ORDER BY entity, key LIMIT :most"""
SIGN = """UPDATE migration.rejects SET signed_by = :by, signed_at = now()
    WHERE signed_by IS NULL AND (:all::boolean OR entity || '/' || key = ANY(:keys))"""
COUNT = "SELECT count(*), count(*) FILTER (WHERE signed_by IS NULL) FROM migration.rejects"
RETRYABLE = "SELECT key FROM migration.rejects WHERE entity = :entity AND retryable ORDER BY key LIMIT :most"
# Of those that want what only one may have: who has it now, by the key of that one.
HOLDERS = {
    USERS: """SELECT key, (SELECT user_id FROM users WHERE users.email = (document::jsonb ->> 'email') COLLATE "C")
        FROM migration.rejects WHERE entity = 'users' AND retryable AND reason LIKE 'email: %'""",
    BOOKS: """SELECT key, (SELECT category || '/' || book_id FROM books WHERE books.isbn = document::jsonb ->> 'isbn')
        FROM migration.rejects WHERE entity = 'books' AND retryable AND reason LIKE 'isbn: %'""",
}
OF = "SELECT key FROM migration.rejects WHERE entity = :entity AND key = ANY(:keys)"
FIELDS = ("entity", "key", "reason", "document", "signed_by", "signed_at")


def note(session: Session, bad: Sequence[Bad]) -> None:
    if bad:
        session.run(
            NOTE,
            entities=[entity_of(each.kind) for each in bad],
            keys=[_clean(each.key) for each in bad],
            reasons=[_clean(each.reason) for each in bad],
            documents=[_clean(each.document) for each in bad],
            retryable=[each.retryable for each in bad],
        )


def clear(session: Session, good: Sequence[tuple[str, str]]) -> None:
    """What is in, or gone where it came from, is rejected no more."""
    if good and session.run("SELECT EXISTS (SELECT FROM migration.rejects)")[0][0]:
        session.run(CLEAR, entities=[entity_of(kind) for kind, _ in good], keys=[key for _, key in good])


def listed(session: Session, after: Sequence[str]) -> list[dict[str, Any]]:
    """A page of them after this entity and key."""
    entity, key = after or ("", "")
    rows = session.run(LIST, entity=entity, key=key, most=PAGE)
    return [dict(zip(FIELDS, row, strict=True)) for row in rows]


def sign(session: Session, by: str, keys: Sequence[str] | None) -> None:
    """Somebody answers for these (`entity/key`), or for all, being left behind."""
    session.run(SIGN, by=by, all=keys is None, keys=list(keys or ()))


def counts(session: Session) -> tuple[int, int]:
    """All of them, and those nobody signed for."""
    ((every, unsigned),) = session.run(COUNT)
    return every, unsigned


def retryable(session: Session, entity: str, most: int) -> list[str]:
    return [key for (key,) in session.run(RETRYABLE, entity=entity, most=most)]


def giving_way(session: Session, entity: str) -> list[str]:
    """Those that would come right together: each wants what nobody has, or what the next of them gives up."""
    if entity not in HOLDERS:
        return []
    holders: dict[str, str | None] = dict(session.run(HOLDERS[entity]))
    free: dict[str, bool] = {}
    for key in holders:
        chain: list[str] = []
        at: str | None = key
        while at is not None and at in holders and at not in free and at not in chain:
            chain.append(at)
            at = holders[at]
        comes_right = at is None or at in chain or free.get(at, False)
        free.update(dict.fromkeys(chain, comes_right))
    return [key for key, comes_right in free.items() if comes_right]


def among(session: Session, entity: str, keys: Sequence[str]) -> set[str]:
    """Those of the keys that are rejected."""
    return {key for (key,) in session.run(OF, entity=entity, keys=[_clean(key) for key in keys])}


def _clean(text: str) -> str:
    """PostgreSQL keeps no NUL character; it is shown as JSON writes it."""
    return text.replace("\0", "\\u0000")
