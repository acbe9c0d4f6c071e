"""Runs the Pulumi program of a stack in this process, with the local provider behind it."""

from collections.abc import Callable, Iterator
from pathlib import Path

from cloudshelf.controls.stacks import as_stack
from cloudshelf.graph import Graph, capture, program, stack_config
from cloudshelf.local.provider import LocalProvider
from cloudshelf.local.world import World
from components import artifact
from policies.controls.tables import aws_limits
from settings import Phase, Settings


class RefusedByAws(Exception):
    """The stack runs here, and AWS would not take it; the text says what, why and what to do."""


def deploy(
    stack: str, root: Path, world: World, overrides: dict[str, str], on_progress: Callable[[str], None] = lambda _: None
) -> Graph:
    """The stack's resources, made. Artefacts are built for this machine instead of Lambda's.

    RefusedByAws for a stack that AWS is known to refuse by what it says in prose: a local shop is no kinder.
    """
    config = {**stack_config(stack, root), **overrides, "aws:region": world.region}
    token = artifact.target.set(artifact.HOST)
    try:
        graph = capture(program(root), mocks=LocalProvider(world, on_progress), stack=stack, config=config)
    finally:
        artifact.target.reset(token)
    for refusal in refusals(graph, Settings.parse(stack, config).phase):
        raise RefusedByAws(refusal)
    return graph


def refusals(graph: Graph, phase: Phase) -> Iterator[str]:
    """What AWS would refuse of a stack, by its documents."""
    declared = as_stack(graph, phase.value)
    for control in aws_limits.ROWS:
        for violation in control.violations(declared):
            yield f"AWS would refuse this: {violation} ({control.sources.removeprefix('AWS ')})"
