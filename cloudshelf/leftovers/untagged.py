"""What stays behind and cannot carry tags: found by the names the program gives."""

from collections.abc import Iterator
from typing import Any

from cloudshelf.aws_account import AwsAccount
from cloudshelf.graph import Graph
from cloudshelf.leftovers.tagged import Tagged

DASHBOARD, INSTANCE = "aws:cloudwatch/dashboard:Dashboard", "aws:rds/instance:Instance"


def untagged(account: AwsAccount, graph: Graph) -> Iterator[Tagged]:
    """Dashboards, and the backups RDS keeps of a database that is gone."""
    yield from _dashboards(account, _names(graph, DASHBOARD, "dashboardName"))
    yield from _kept_backups(account, _names(graph, INSTANCE, "identifier"))


def _names(graph: Graph, token: str, name: str) -> set[str]:
    return {str(node.inputs[name]) for node in graph.of(token).values() if name in node.inputs}


def _dashboards(account: AwsAccount, names: set[str]) -> Iterator[Tagged]:
    if not names:
        return
    api: Any = account.client("cloudwatch")
    for page in api.get_paginator("list_dashboards").paginate():
        for found in page["DashboardEntries"]:
            if found["DashboardName"] in names:
                yield Tagged(arn=found["DashboardArn"], region=account.region)


def _kept_backups(account: AwsAccount, names: set[str]) -> Iterator[Tagged]:
    if not names:
        return
    api: Any = account.client("rds")
    for page in api.get_paginator("describe_db_instance_automated_backups").paginate():
        for found in page["DBInstanceAutomatedBackups"]:
            if found["DBInstanceIdentifier"] in names and found["Status"] == "retained":
                yield Tagged(arn=found["DBInstanceAutomatedBackupsArn"], region=account.region)
