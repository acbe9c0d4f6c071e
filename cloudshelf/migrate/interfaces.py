"""What a migration needs from the outside, so that the same steps run on AWS, on this machine and in tests."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

Answer = dict[str, Any]
ENTITIES = ("books", "users", "orders", "carts")
# An order and the idempotency key it was placed with are a row each of one table, and counted apart.
KEYS = "idempotency_keys"
KINDS = ("books", "users", "orders", KEYS, "carts")
LABELS = {KEYS: "idempotency keys"}
# Where only a table's rows are known.
IN_TABLE = {"orders": "orders and idempotency keys"}


class MigrationError(Exception):
    """The migration cannot go on. The text says why, and what to do."""


class Refused(MigrationError):
    """A step must not be done now, or what was asked is not so: differences, unsigned rejects."""


class Conflict(Refused):
    """Somebody else changed the state meanwhile."""


class StepFailed(MigrationError):
    """The migration function crashed, ran out of time or could not be reached, also when it was asked again."""


class Steps(Protocol):
    """The migration function. Every step may be asked for again."""

    def invoke(self, step: str, event: Mapping[str, Any]) -> Answer:
        """Refused, Conflict or StepFailed where it does not answer."""


class Router(Protocol):
    """What the router at the edge reads: weight, hold_from, hold_to, back_office."""

    def read(self) -> dict[str, str]: ...

    def put(self, values: Mapping[str, str]) -> None:
        """All of them at once. They are everywhere only after `spread`."""

    def spread(self) -> None:
        """Waits until every edge reads what was put."""

    def settle(self) -> None:
        """Waits until, besides, every request let in before has been answered."""


@dataclass(frozen=True, kw_only=True)
class ExportJob:
    """An export of a table. `prefix` is where its manifest and files are, once it is done."""

    arn: str
    done: bool
    prefix: str = ""
    items: int = 0


class Exports(Protocol):
    """The source's tables, exported to the target's bucket."""

    def tables(self) -> Mapping[str, str]:
        """Names of the tables to export, by entity."""

    def start(self, entity: str, table: str, token: str, /) -> ExportJob:
        """A second start with the same token gives the first job."""

    def look(self, arn: str) -> ExportJob:
        """MigrationError where the export failed."""


class Machine(Protocol):
    """The state machine that loads export files on AWS."""

    def start(self, exports: Mapping[str, str], name: str) -> str:
        """The execution's ARN; a second start under the same name gives the first."""

    def is_done(self, execution: str) -> bool:
        """MigrationError where it failed."""


class Pause(Protocol):
    def __call__(self, seconds: float, /) -> object: ...
