"""On which stacks a test runs. pytest runs the tests of a stack one after another, so each stack is started once."""

import pytest


def on(*stacks: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("cloud", stacks, indirect=True)


on_every_stack = on("phase1", "enhanced", "phase2")
where_sessions_are = where_reports_are = on("enhanced", "phase2")
