"""What stacks cost."""

import copy
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from cloudshelf.controls.stacks import FROM_ENHANCED, MOVES
from cloudshelf.cost.estimate import FREE_TIER, Estimate, UnpricedError, estimate
from cloudshelf.cost.prices import PriceList
from cloudshelf.cost.rules import FREE, RULES
from cloudshelf.cost.usage import load, profiles
from cloudshelf.graph import Graph, Node
from tests.captured import HOURS, STACKS, captured, moving
from tests.cost.conftest import Estimating

CAP = Decimal(30)
# Settings that bring resources no other stack here has.
LATER = {"databaseHours": HOURS, "alertEmail": "ops@example.com"}


@pytest.mark.parametrize("stack", STACKS)
def test_lines_are_quantity_times_price_and_add_up_to_the_total(stack: str, estimated: Estimating) -> None:
    for profile in profiles():
        for free_tier in (False, True):
            result = estimated(stack, profile, free_tier=free_tier)
            assert sum(line.usd for line in result.lines) == result.total
            for line in result.lines:
                assert abs(line.quantity * line.price.usd - line.usd) <= Decimal("0.00005")


def test_every_type_of_every_stack_is_priced_or_free_with_a_reason() -> None:
    graphs = [captured(stack) for stack in STACKS] + [captured("enhanced", LATER)] + [moving(p) for p in MOVES]
    graphs.append(captured("phase2", FROM_ENHANCED))
    types = {node.type for graph in graphs for node in graph.resources if node.custom and node.type.startswith("aws:")}
    decided = {token for token in RULES.keys() | FREE.keys() if token.startswith("aws:")}
    assert decided == types
    assert not RULES.keys() & FREE.keys()
    assert all(FREE.values())


def test_more_traffic_never_costs_less(estimated: Estimating) -> None:
    for stack in STACKS:
        totals = [estimated(stack, profile).total for profile in profiles()]
        assert totals == sorted(totals)
        assert len(set(totals)) == len(totals)


def test_a_move_costs_little_besides_the_two_shops(estimated: Estimating) -> None:
    for stack, settings in MOVES.items():
        assert estimated(stack, "dev", settings).total - estimated(stack).total < Decimal(3), stack


def test_enhanced_is_under_thirty_dollars_without_any_free_tier(estimated: Estimating) -> None:
    assert estimated("enhanced").total < CAP


@pytest.mark.parametrize("token", ["aws:ec2/natGateway:NatGateway", "aws:rds/proxy:Proxy"])
def test_what_the_plan_forbids_would_break_the_thirty_dollars(token: str, prices: PriceList) -> None:
    (costly, *_) = captured("everything").of(token).values()
    assert costing(captured("enhanced"), prices, costly).total > CAP


def costing(graph: Graph, prices: PriceList, *more: Node) -> Estimate:
    added = Graph(nodes={**graph.nodes, **{node.name: node for node in more}})
    return estimate("test", added, prices, load("dev"))


def test_a_standby_is_a_second_server_and_a_second_disk(estimated: Estimating) -> None:
    one, two = (amounts(estimated("phase2", settings={"databaseMultiAz": value})) for value in ("false", "true"))
    assert two["rds-db.t4g.micro"] == 2 * one["rds-db.t4g.micro"]
    assert two["rds-gp3"] == 2 * one["rds-gp3"]


def amounts(result: Estimate) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for line in result.lines:
        found[line.price.key] = found.get(line.price.key, Decimal(0)) + line.quantity
    return found


def test_a_database_that_sleeps_costs_its_hours_and_all_of_its_disk(estimated: Estimating) -> None:
    always, by_day = amounts(estimated("enhanced")), amounts(estimated("enhanced", settings={"databaseHours": HOURS}))
    share = by_day["rds-db.t3.micro"] / always["rds-db.t3.micro"]
    assert share.quantize(Decimal("0.0001")) == (Decimal(5 * 12) / (7 * 24)).quantize(Decimal("0.0001"))
    assert by_day["rds-gp2"] == always["rds-gp2"]


def test_the_password_rds_keeps_is_a_secret_that_costs(estimated: Estimating) -> None:
    assert amounts(estimated("enhanced"))["secret"] == 1
    assert "secret" not in amounts(estimated("phase2"))


def test_a_replica_has_the_storage_of_its_source(estimated: Estimating) -> None:
    storage = {line.resource: line.quantity for line in estimated("everything").lines if line.price.key == "rds-gp3"}
    assert storage == {"database-instance": 40, "replica-instance": 20}


def test_backups_are_free_up_to_the_databases_own_storage(estimated: Estimating) -> None:
    assert "rds-backup" not in amounts(estimated("enhanced", "dev"))
    small = load("small")
    assert amounts(estimated("enhanced", "small"))["rds-backup"] == small("database.backup_gb") - 20
    both = small("database.backup_gb") + small("backups.rds_gb") - 20
    assert amounts(estimated("phase2", "small"))["rds-backup"] == both


def test_gateway_endpoints_are_free_and_the_others_pay_for_each_zone(estimated: Estimating) -> None:
    hours = {line.resource: line.quantity for line in estimated("phase2").lines if line.price.key == "endpoint-hour"}
    assert hours == {"endpoints-ssm": 2 * 730}


def test_a_copied_table_pays_for_writes_and_storage_in_each_region(estimated: Estimating) -> None:
    alone, copied = amounts(estimated("phase2")), amounts(estimated("everything"))
    assert copied["dynamodb-copied-writes"] == 2 * alone["dynamodb-writes"]
    assert copied["dynamodb-storage"] == 2 * alone["dynamodb-storage"]
    assert "dynamodb-writes" not in copied


def test_detailed_metrics_cost_five_for_each_method_in_the_hours_it_is_called(
    estimated: Estimating, prices: PriceList
) -> None:
    graph = copy.deepcopy(bare(captured("enhanced")))
    node = graph.named("rest-settings")
    node.inputs["settings"]["metricsEnabled"] = False
    without = amounts(estimate("test", graph, prices, load("dev")))["metric"]
    methods = sum(len(path) for path in paths(graph))
    assert amounts(estimated("enhanced"))["metric"] - without == methods * 5 * load("dev")("busy_hours")


def paths(graph: Graph) -> list[dict[str, Any]]:
    body = json.loads(graph.one("aws:apigateway/restApi:RestApi").inputs["body"])
    return [{k: v for k, v in path.items() if k != "parameters"} for path in body["paths"].values()]


def bare(graph: Graph) -> Graph:
    """Without what cannot be copied, the artefacts and files."""
    nodes = {}
    for urn, node in graph.nodes.items():
        inputs = {key: value for key, value in node.inputs.items() if key not in ("code", "source")}
        nodes[urn] = Node(**{**vars(node), "inputs": inputs})
    return Graph(nodes=nodes)


def test_the_free_tier_takes_off_no_more_than_is_used(estimated: Estimating) -> None:
    for profile in profiles():
        full, less = estimated("phase1", profile), estimated("phase1", profile, free_tier=True)
        used = amounts(full)
        off = [line for line in less.lines if line.resource == FREE_TIER]
        assert off
        for line in off:
            assert line.quantity == -min(line.price.free, used[line.price.key])
        assert 0 < less.total < full.total


def test_a_type_without_a_price_is_an_error_that_names_it(prices: PriceList) -> None:
    unknown = node_like(captured("phase1").named("books-table"), type="aws:neptune/cluster:Cluster", name="graph")
    other = node_like(unknown, type="aws:mq/broker:Broker", name="broker")
    with pytest.raises(UnpricedError, match=r"broker: aws:mq/broker:Broker has neither.*; graph: aws:neptune"):
        costing(captured("phase1"), prices, unknown, other)


def node_like(node: Node, **changes: Any) -> Node:
    return Node(**{**vars(node), **changes})


def with_input(**changes: Any) -> Callable[[Node], Node]:
    return lambda node: node_like(node, inputs={**node.inputs, **changes})


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("carts-table", with_input(billingMode="PROVISIONED"), "on-demand tables only"),
        ("books-function", with_input(architectures=["x86_64"]), "arm64 functions only"),
        ("books-function", with_input(ephemeralStorage={"size": 1024}), "ephemeral storage"),
        ("database-instance", with_input(performanceInsightsRetentionPeriod=31), "Performance Insights"),
        ("realtime-stream", with_input(streamModeDetails={"streamMode": "PROVISIONED"}), "on-demand streams only"),
        ("cdn-firewall-acl", with_input(rules=[{"name": "AWSManagedRulesBotControlRuleSet"}]), "BotControl"),
        ("identity-pool", with_input(userPoolTier="PLUS"), "tier PLUS"),
        ("books-logs", with_input(name="/somewhere/else"), "a log group /somewhere/else"),
        ("credential-parameter", with_input(tier="Advanced"), "no price of tier 'Advanced'"),
        ("audit-access", with_input(type="ACCOUNT_UNUSED_ACCESS"), "no price of type"),
        ("threats-s3-data-events", with_input(name="EKS_AUDIT_LOGS"), "GuardDuty's EKS_AUDIT_LOGS"),
    ],
)
def test_what_is_set_up_in_an_unpriced_way_is_an_error_that_names_it(
    name: str, change: Callable[[Node], Node], message: str, prices: PriceList
) -> None:
    changed = change(captured("everything").named(name))
    with pytest.raises(UnpricedError, match=rf"{name}: .*{message}"):
        costing(captured("everything"), prices, changed)
