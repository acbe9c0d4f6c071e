"""A phase is a bill of materials: which components a stack puts together."""

from collections.abc import Callable, Mapping

import pulumi

from phases import enhanced, phase1, phase2
from settings import Phase, Settings

Outputs = Mapping[str, pulumi.Input[str]]
BUILDERS: Mapping[Phase, Callable[[Settings], Outputs]] = {
    Phase.PHASE1: phase1.build,
    Phase.ENHANCED: enhanced.build,
    Phase.PHASE2: phase2.build,
}
