"""The deployed functions: who they are, who may invoke them, and running them."""

from dataclasses import dataclass, field

from cloudshelf.local.gateway.gateway import Permission
from cloudshelf.local.lambdas.function import Function
from cloudshelf.local.network.vpc import Placement


@dataclass(kw_only=True)
class Functions:
    """By name. `placements` are those of functions in a VPC."""

    deployed: dict[str, Function] = field(default_factory=dict)
    placements: dict[str, Placement] = field(default_factory=dict)
    permissions: list[Permission] = field(default_factory=list)

    def invoke(self, name: str, event: bytes) -> bytes:
        return self.deployed[name].invoke(event)

    def permitted(self, name: str, source_arn: str) -> bool:
        return name in self.deployed and any(
            p.allows(name, "apigateway.amazonaws.com", source_arn) for p in self.permissions
        )

    def close(self) -> None:
        for function in self.deployed.values():
            function.close()
