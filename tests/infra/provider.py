"""What the tests of the program capture its stacks with."""

from collections.abc import Callable

from cloudshelf.graph import Graph
from cloudshelf.graph.provider import ACCOUNT, DEFAULT_VPC, REGION, SIX_ZONES, Provider
from cloudshelf.graph.stacks import ROOT

__all__ = ["ACCOUNT", "DEFAULT_VPC", "REGION", "ROOT", "SIX_ZONES", "Declare", "Provider"]
Declare = Callable[..., Graph]
