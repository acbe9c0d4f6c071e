"""Results as JSON files, one a benchmark, so that a part can be measured again without the rest."""

from datetime import date
from pathlib import Path
from typing import Literal

import msgspec

from benchmarks.figures import Figure
from benchmarks.machine import Machine

Mode = Literal["full", "quick"]
KEPT = Path(__file__).parent / "results"


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """One run of one benchmark. `load` is the machine's at its beginning and at its end."""

    name: str
    mode: Mode
    day: date
    seconds: float
    load: tuple[float, float]
    machine: Machine
    figures: tuple[Figure, ...]
    notes: tuple[str, ...] = ()


def write(result: Result, folder: Path = KEPT) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{result.name}.json"
    path.write_bytes(msgspec.json.format(msgspec.json.encode(result), indent=1) + b"\n")
    return path


def read(folder: Path = KEPT) -> dict[str, Result]:
    """By name."""
    found = [msgspec.json.decode(path.read_bytes(), type=Result) for path in sorted(folder.glob("*.json"))]
    return {result.name: result for result in found}
