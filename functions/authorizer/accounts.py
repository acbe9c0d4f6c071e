"""Whether an account may use the shop, as PostgreSQL has it."""

from shared.postgres import Database

ACTIVE = "active"
STATUS = "SELECT account_status FROM users WHERE user_id = :user_id"


class Accounts:
    """An account is there from its owner's first visit on."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def is_open(self, user_id: str) -> bool:
        """False for one that was disabled or erased. Unavailable while there is no way to know."""
        rows = self._database.run(STATUS, user_id=user_id)
        return not rows or rows[0][0] == ACTIVE
