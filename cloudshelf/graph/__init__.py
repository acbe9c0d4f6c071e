"""The resource graph of a stack, without AWS and without the Pulumi CLI."""

from cloudshelf.graph.capture import capture, program
from cloudshelf.graph.model import Graph, Node
from cloudshelf.graph.stacks import stack_config

__all__ = ["Graph", "Node", "capture", "program", "stack_config"]
