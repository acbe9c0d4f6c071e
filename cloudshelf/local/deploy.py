"""Runs the Pulumi program of a stack in this process, with the local provider behind it."""

from collections.abc import Callable
from pathlib import Path

from cloudshelf.graph import Graph, capture, program, stack_config
from cloudshelf.local.provider import LocalProvider
from cloudshelf.local.world import World
from components import artifact


def deploy(
    stack: str, root: Path, world: World, overrides: dict[str, str], on_progress: Callable[[str], None] = lambda _: None
) -> Graph:
    """The stack's resources, made. Artefacts are built for this machine instead of Lambda's."""
    config = {**stack_config(stack, root), **overrides, "aws:region": world.region}
    token = artifact.target.set(artifact.HOST)
    try:
        return capture(program(root), mocks=LocalProvider(world, on_progress), stack=stack, config=config)
    finally:
        artifact.target.reset(token)
