"""What each type of resource is charged for."""

from cloudshelf.cost.charges import Rule
from cloudshelf.cost.rules import compute, database, edge, monitoring, security
from cloudshelf.cost.rules.security import FREE

MODULES = (compute, database, edge, monitoring, security)
RULES: dict[str, Rule] = {token: rule for module in MODULES for token, rule in module.RULES.items()}

__all__ = ["FREE", "RULES"]
