"""The checks, in the order a deployment needs what they look at."""

from cloudshelf.doctor.checks.names import names
from cloudshelf.doctor.checks.network import database, network, region
from cloudshelf.doctor.checks.quotas import account_plan, addresses, concurrency, delivery, networks
from cloudshelf.doctor.checks.singletons import analyzers, api_log_role, detectors, trails
from cloudshelf.doctor.checks.tools import identity, pulumi_cli, python
from cloudshelf.doctor.context import Check

HERE: tuple[Check, ...] = (python, pulumi_cli)
IN_THE_ACCOUNT: tuple[Check, ...] = (
    region,
    account_plan,
    network,
    database,
    concurrency,
    networks,
    addresses,
    delivery,
    api_log_role,
    trails,
    detectors,
    analyzers,
    names,
)

__all__ = ["HERE", "IN_THE_ACCOUNT", "identity"]
