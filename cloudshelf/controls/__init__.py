"""How far each stack keeps the control table."""

from cloudshelf.controls.report import Outcome, judge, render
from cloudshelf.controls.stacks import as_stack

__all__ = ["Outcome", "as_stack", "judge", "render"]
