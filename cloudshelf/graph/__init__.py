"""The resource graph of a stack, without AWS and without the Pulumi CLI."""

from cloudshelf.graph.capture import capture, program
from cloudshelf.graph.config import stack_config
from cloudshelf.graph.model import Graph, Node

__all__ = ["Graph", "Node", "capture", "program", "stack_config"]
