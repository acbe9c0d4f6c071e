"""Who may write rows of an entity: many loaders at once, or one who knows newer rows, until the transaction ends."""

from shared.postgres import Session

from migration.row import CARTS, ENTITIES

# Beside the lock of the schema runner any numbers will do.
FIRST = 7_400_000
REPLAY = FIRST + 100


def share(session: Session, entity: str) -> None:
    session.run("SELECT pg_advisory_xact_lock_shared(:lock)", lock=FIRST + ENTITIES.index(entity))


def own(session: Session, entity: str) -> None:
    """Books, shoppers and orders point to each other, and of two written at once neither would see the other."""
    tied = [CARTS] if entity == CARTS else [each for each in ENTITIES if each != CARTS]
    locks = [FIRST + ENTITIES.index(each) for each in tied]
    session.run("SELECT pg_advisory_xact_lock(lock) FROM unnest(:locks::bigint[]) AS lock", locks=locks)


def only_one(session: Session, lock: int) -> bool:
    """Whether nobody else has this lock; it is the caller's then, until the transaction ends."""
    return bool(session.run("SELECT pg_try_advisory_xact_lock(:lock)", lock=lock)[0][0])
