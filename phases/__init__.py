"""A phase is a bill of materials: which components a stack puts together."""

from collections.abc import Mapping
from importlib import import_module

import pulumi

from settings import Settings

Outputs = Mapping[str, pulumi.Input[str]]


def build(settings: Settings) -> Outputs:
    """The stack's resources. Only its own phase is imported: the provider's modules take longer to load than to use."""
    phase = import_module(f"phases.{settings.phase.value}")
    outputs: Outputs = phase.build(settings)
    return outputs
