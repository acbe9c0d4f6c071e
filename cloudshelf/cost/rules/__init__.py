"""What each type of resource is charged for."""

from cloudshelf.cost.charges import Rule
from cloudshelf.cost.rules import compute, data, database, edge, network, security, watching
from cloudshelf.cost.rules.free import FREE

MODULES = (compute, data, database, edge, network, security, watching)
RULES: dict[str, Rule] = {token: rule for module in MODULES for token, rule in module.RULES.items()}

__all__ = ["FREE", "RULES"]
