"""What a graph is read as, beside what its rules and policies say."""

import json
from dataclasses import replace

import pytest

from cloudshelf.graph import Graph
from cloudshelf.topology.connections import authorizer, network_ways, permitted_ways, vpc
from cloudshelf.topology.model import Place, Topology
from cloudshelf.topology.resources import EGRESS, FUNCTION, INGRESS, ROLE_POLICY, TABLE
from components import contract
from tests.captured import STACKS, captured
from tests.infra.topology import admitted, groups_of, opened
from tests.topology.conftest import graph_of, reading

DYNAMODB = "dynamodb:"


@pytest.mark.parametrize("stack", ["enhanced", "phase2", "everything"])
def test_connections_are_those_both_ends_declare(stack: str) -> None:
    graph, topology = captured(stack), reading(stack)
    groups = groups_of(graph)
    declared = {
        (function, way.callee, str(way.port))
        for way in opened(graph) & admitted(graph)
        for function, group in groups.items()
        if group == way.caller
    }
    behind = {"database": "rds", "replica": "rds", "proxy": "proxy", "endpoints": "endpoints"}
    drawn = {
        (topology.part(way.caller).name, behind[topology.part(way.callee).kind], way.port)
        for way in topology.ways
        if topology.part(way.caller).kind == "function" and topology.part(way.callee).kind in behind
    }
    assert drawn == declared


@pytest.mark.parametrize("stack", STACKS)
def test_tables_are_reached_by_the_functions_whose_role_names_them(stack: str) -> None:
    graph, topology = captured(stack), reading(stack)
    named = set()
    for name, policy in graph.of(ROLE_POLICY).items():
        for statement in json.loads(policy.inputs["policy"])["Statement"]:
            resources = statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
            if statement["Effect"] == "Allow" and statement["Action"][0].startswith(DYNAMODB):
                tables = (resource.partition(":table/")[2].partition("/")[0] for resource in resources)
                named |= {(name.removesuffix("-policy"), table.rpartition("-")[2]) for table in tables}
    drawn = {
        (topology.part(way.caller).name, topology.part(way.callee).name)
        for way in topology.ways
        if topology.part(way.callee).kind == "table"
    }
    assert drawn == named


@pytest.mark.parametrize("token", [EGRESS, INGRESS])
def test_a_connection_that_only_one_end_declares_is_none(token: str) -> None:
    graph = captured("phase2")
    suffix = "out" if token == EGRESS else "in"
    assert ("books", "5432") in reached_database(graph)
    assert ("books", "5432") not in reached_database(without(graph, token, f"books-to-rds-5432-{suffix}"))


def reached_database(graph: Graph) -> set[tuple[str, str]]:
    return {
        (way.caller.removeprefix("function-").removesuffix("-function"), way.port)
        for way in network_ways(graph)
        if way.callee == "instance-database-instance"
    }


def without(graph: Graph, token: str, name: str) -> Graph:
    kept = {urn: node for urn, node in graph.nodes.items() if (node.type, node.name) != (token, name)}
    assert len(kept) == len(graph.nodes) - 1
    return replace(graph, nodes=kept)


def test_a_permission_on_a_table_is_nothing_without_a_way_out_of_the_vpc() -> None:
    graph = without(captured("phase2"), EGRESS, "orders-to-dynamodb-out")
    tables = {f"table-{name}" for name in graph.of(TABLE)}
    callers = {way.caller for way in permitted_ways(graph) if way.callee in tables}
    assert callers == {f"function-{name}-function" for name in ("carts", "sessions", "users")}


@pytest.mark.parametrize("stack", STACKS)
def test_the_api_calls_the_functions_of_the_contract(stack: str) -> None:
    topology = reading(stack)
    called = {topology.part(key).name for key in topology.called}
    services = {operation.service for operation in contract.operations()}
    assert called == services - ({"sessions"} if stack == "phase1" else set())


def test_phase2_alone_asks_a_function_about_tokens() -> None:
    asked = {stack: authorizer(captured(stack)) for stack in ("phase1", "enhanced", "phase2")}
    assert [stack for stack, function in asked.items() if function] == ["phase2"]
    assert asked["phase2"] is captured("phase2").of(FUNCTION)["authorizer-function"]


def test_enhanced_has_no_way_to_the_internet_and_phase2_one_through_nat() -> None:
    assert not reading("enhanced").of("nat", "internet")
    phase2 = reading("phase2")
    assert [phase2.part(way.caller).name for way in phase2.ways if way.callee == "nat"] == ["authorizer"]


def test_a_vpc_is_read_with_its_subnets_or_as_borrowed_or_not_at_all() -> None:
    assert vpc(captured("phase1")) is None
    borrowed = vpc(captured("enhanced"))
    assert borrowed is not None
    assert (borrowed.name, borrowed.zones, borrowed.tiers) == ("default VPC", 2, {})
    own = vpc(captured("phase2"))
    assert own is not None
    assert (own.cidr, own.zones) == ("10.0.0.0/16", 2)
    assert {place: len(subnets) for place, subnets in own.tiers.items()} == {
        Place.PUBLIC: 2,
        Place.PRIVATE: 2,
        Place.DATABASE: 2,
    }


def test_every_function_table_and_database_is_in_the_picture(topology: Topology) -> None:
    graph = graph_of(topology.stack)
    for token in (FUNCTION, TABLE, "aws:rds/instance:Instance", "aws:rds/proxy:Proxy"):
        drawn = [part for part in topology.parts if part.key.startswith(f"{token.rpartition(':')[2].lower()}-")]
        assert len(drawn) == len(graph.of(token)), token


def test_keys_are_unique_and_ways_lead_from_part_to_part(topology: Topology) -> None:
    keys = [part.key for part in topology.parts]
    assert len(set(keys)) == len(keys)
    for way in topology.ways:
        assert {way.caller, way.callee} <= set(keys)


def test_a_move_shows_on_both_sides() -> None:
    assert "leads shoppers on" in reading("phase1 moving").of("distribution")[0].details
    for stack in ("enhanced", "phase2"):
        topology = reading(f"{stack} moving")
        (mover,) = [part for part in topology.of("function") if "moves a shop in" in part.details]
        assert mover.name == "migration"
        reached = {topology.part(way.callee).kind for way in topology.ways if way.caller == mover.key}
        assert reached == {"database", "table"}
