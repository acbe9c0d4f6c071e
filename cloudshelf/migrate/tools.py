"""What every step of a migration is given."""

import time
from dataclasses import dataclass, field

from cloudshelf.migrate.journal import Journal
from cloudshelf.migrate.ports import Exports, Machine, Pause, Router, Steps
from cloudshelf.migrate.progress import Told

POLL_S = 0.5


@dataclass(kw_only=True)
class Tools:
    """`source` and `target` are stacks. `workers` invocations run at a time; verify compares in `slices`.

    Changes of the source come by `streams`, or are asked for. `machine` loads export files on AWS; without one they are
    loaded from here.
    """

    source: str
    target: str
    steps: Steps
    router: Router
    exports: Exports
    told: Told
    machine: Machine | None = None
    streams: bool = True
    workers: int = 4
    slices: int = 8
    pause: Pause = time.sleep
    poll_s: float = POLL_S
    journal: Journal = field(init=False)

    def __post_init__(self) -> None:
        self.journal = Journal(self.steps)
