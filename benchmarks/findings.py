"""What one run of a benchmark returns."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.figures import Figure


@dataclass(frozen=True)
class Findings:
    """`notes` say what the figures alone do not."""

    figures: Sequence[Figure]
    notes: Sequence[str] = ()
