"""The machine a figure was measured on, and what else it was doing."""

import os
import platform
from dataclasses import dataclass
from pathlib import Path

from cloudshelf.local.postgres import binaries

GB = 1024**3


@dataclass(frozen=True, kw_only=True)
class Machine:
    """What figures depend on."""

    processor: str
    cores: int
    memory_gb: int
    system: str
    python: str
    postgres: str


def this_one() -> Machine:
    return Machine(
        processor=_processor(),
        cores=os.cpu_count() or 1,
        memory_gb=round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GB),
        system=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
        postgres=binaries.find().version,
    )


def load() -> float:
    """Processes that ran or wanted to, on average over the last minute."""
    return round(os.getloadavg()[0], 1)


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())
