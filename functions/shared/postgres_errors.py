"""What PostgreSQL and the way to it may answer instead of rows, sorted by what to do about it."""

from typing import Any

# SQLSTATE codes: https://www.postgresql.org/docs/15/errcodes-appendix.html
ROLLED_BACK = frozenset({"40001", "40P01"})
BUSY = frozenset({"55P03", "57014"})
# The server ended the connection, takes none, or has become read-only behind it (a failover).
GONE_CLASSES, GONE = ("08", "53", "28"), frozenset({"57P01", "57P02", "57P03", "57P05", "25P03", "25006"})
CONSTRAINT_CLASS = "23"
# How the driver's own errors of that kind begin; its others are faults of the program.
LOST = ("network error", "communication error", "connection is closed", "Can't create", "Server refuses SSL")


class Violation(Exception):
    """A constraint refused a row. Its name is all that is kept: PostgreSQL's own message has the row in it."""

    def __init__(self, constraint: str) -> None:
        super().__init__(constraint)
        self.constraint = constraint


class StatementFailed(Exception):
    """A statement that PostgreSQL cannot carry out: a fault of the program."""


class RolledBack(Exception):
    """Nothing was done, because another transaction was in the way; the same again may succeed."""


class Busy(Exception):
    """Nothing was done within the time a lock or a statement may take."""


class ConnectionLost(Exception):
    """There is no connection any more. What was asked for last may or may not have been done."""


def sorted_out(error: Exception) -> Exception:
    """A driver's error as one of those above."""
    if isinstance(error, OSError) or (type(error).__name__ == "InterfaceError" and str(error).startswith(LOST)):
        return ConnectionLost(str(error))
    told: Any = error.args[0] if error.args else None
    if not isinstance(told, dict):
        return error
    code, message = told.get("C", ""), told.get("M", "")
    if code in ROLLED_BACK:
        return RolledBack(message)
    if code in BUSY:
        return Busy(message)
    if code in GONE or code[:2] in GONE_CLASSES:
        return ConnectionLost(f"{code} {message}")
    if code[:2] == CONSTRAINT_CLASS:
        return Violation(told.get("n") or told.get("c") or code)
    return StatementFailed(f"{code} {message}")
