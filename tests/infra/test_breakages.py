"""Forty ways to break a stack, each found by the test it names."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from cloudshelf.graph import Graph
from cloudshelf.graph.model import Node
from tests.infra import (
    test_database,
    test_default_network,
    test_keys,
    test_network,
    test_production,
    test_roles,
    test_stacks,
)
from tests.infra.topology import EGRESS, INGRESS

Change = Callable[[Graph], None]


def put(name: str, **inputs: Any) -> Change:
    """A resource with other inputs; None takes one away."""

    def change(graph: Graph) -> None:
        node = graph.named(name)
        node.inputs = {key: value for key, value in {**node.inputs, **inputs}.items() if value is not None}

    return change


def gone(name: str) -> Change:
    def change(graph: Graph) -> None:
        del graph.nodes[graph.named(name).urn]

    return change


def twin(name: str, **inputs: Any) -> Change:
    """One more resource like another."""

    def change(graph: Graph) -> None:
        node = graph.named(name)
        added = copy.deepcopy(node)
        added.urn, added.name = f"{node.urn}-twin", f"{node.name}-twin"
        added.inputs = {key: value for key, value in {**node.inputs, **inputs}.items() if value is not None}
        graph.nodes[added.urn] = added

    return change


def unprotected(name: str) -> Change:
    def change(graph: Graph) -> None:
        graph.named(name).options["protect"] = False

    return change


def unmarked(name: str) -> Change:
    def change(graph: Graph) -> None:
        graph.named(name).secrets.clear()

    return change


def statement(name: str, number: int, argument: str = "policy", **changed: Any) -> Change:
    """A policy with another statement; None takes a key away."""

    def change(graph: Graph) -> None:
        node: Node = graph.named(name)
        document = json.loads(node.inputs[argument])
        merged = {**document["Statement"][number], **changed}
        document["Statement"][number] = {key: value for key, value in merged.items() if value is not None}
        node.inputs = {**node.inputs, argument: json.dumps(document)}

    return change


def rule(**inputs: Any) -> Change:
    """A security group's rule that lets the world in on PostgreSQL's port."""
    return twin("books-to-rds-5432-in", referencedSecurityGroupId=None, **inputs)


NETWORK: dict[str, tuple[Change, Callable[..., None]]] = {
    "PostgreSQL is open to the world": (rule(cidrIpv4="0.0.0.0/0"), test_network.test_no_address_is_let_in),
    "PostgreSQL is open to a prefix list": (rule(prefixListId="pl-1"), test_network.test_no_address_is_let_in),
    "sessions may reach PostgreSQL": (
        twin("books-to-rds-5432-out", securityGroupId="sessions-group-id"),
        test_network.test_nobody_reaches_anybody_but_these,
    ),
    "a function may reach the whole internet": (
        twin("authorizer-to-internet-out", securityGroupId="orders-group-id"),
        test_network.test_nobody_reaches_anybody_but_these,
    ),
    "one end of a way is shut": (gone("books-to-rds-5432-in"), test_network.test_a_way_is_open_on_both_ends),
    "a way is open on another port": (
        put("carts-to-rds-5432-out", fromPort=22, toPort=22),
        test_network.test_nobody_reaches_anybody_but_these,
    ),
    "the database subnets have a route to the internet": (
        twin("network-public-1-default", routeTableId="database-routes-1-id"),
        test_network.test_only_public_subnets_have_a_route_to_the_internet_gateway,
    ),
    "private subnets lead past the NAT gateway": (
        put("network-private-1-default", natGatewayId=None, gatewayId="network-internet-id"),
        test_network.test_only_public_subnets_have_a_route_to_the_internet_gateway,
    ),
    "the database has a public address": (
        put("database-instance", publiclyAccessible=True),
        test_network.test_the_database_is_in_the_database_subnets_and_has_no_public_address,
    ),
    "subnets hand out public addresses": (
        put("private-subnet-1", mapPublicIpOnLaunch=True),
        test_network.test_nothing_gets_a_public_address_by_itself,
    ),
    "subnets overlap": (
        put("database-subnet-1", cidrBlock="10.0.96.0/19"),
        test_network.test_subnets_are_the_planned_ones_in_two_zones,
    ),
    "both subnets are in one zone": (
        put("private-subnet-2", availabilityZone="us-east-1a"),
        test_network.test_subnets_are_the_planned_ones_in_two_zones,
    ),
    "a function is in the public subnets": (
        put("books-function", vpcConfig={"subnetIds": ["public-subnet-1-id"], "securityGroupIds": ["books-group-id"]}),
        test_network.test_every_function_is_in_the_private_subnets_in_a_group_of_its_own,
    ),
    "the default security group lets everything through": (
        put("network-default-group", egress=[{"cidrBlocks": ["0.0.0.0/0"]}]),
        test_network.test_what_has_no_group_of_its_own_reaches_nobody,
    ),
    "the DynamoDB endpoint leads to every table": (
        statement("dynamodb-gateway", 0, Resource=["*"]),
        test_network.test_the_dynamodb_endpoint_leads_to_the_stacks_tables_alone,
    ),
    "packets are told of only when refused": (
        put("flow-logs-flows", trafficType="REJECT"),
        test_network.test_every_packet_is_told_of,
    ),
}
conversation, packet = (
    test_network.test_packets_pass_and_come_back_or_do_not,
    test_network.test_not_even_a_packet_without_an_answer_passes,
)
# Network ACL rules, each with what is let by, or no longer.
PACKETS: dict[str, tuple[Change, Callable[..., None], tuple[str | int, ...]]] = {
    "answers of the database are dropped": (
        gone("database-acl-out-100"),
        conversation,
        ("private-subnet-1", "database-subnet-1", 5432, True),
    ),
    "the database may call out": (
        twin("private-acl-out-100", networkAclId="database-acl-id"),
        packet,
        ("database-subnet-1", "internet", 443),
    ),
    "answers from the internet do not come back": (
        gone("private-acl-in-110"),
        conversation,
        ("private-subnet-1", "internet", 443, True),
    ),
    "remote desktop is let in": (gone("private-acl-in-90"), packet, ("internet", "private-subnet-2", 3389)),
}
PERMISSIONS: dict[str, tuple[Change, Callable[..., None]]] = {
    "a function may do anything with a table": (
        statement("carts-policy", 1, Action=["dynamodb:*"]),
        test_roles.test_no_action_is_a_wildcard,
    ),
    "a function may read every table": (
        statement("carts-policy", 1, Resource="*"),
        test_roles.test_a_permission_is_on_named_resources_where_aws_knows_any,
    ),
    "a function signs in as another's database user": (
        statement("books-policy", 1, Resource=["arn:aws:rds-db:us-east-1:111122223333:dbuser:db-X/admin"]),
        test_roles.test_a_function_signs_in_as_its_own_database_user,
    ),
    "anybody may take a role": (
        statement("books-role", 0, "assumeRolePolicy", Principal={"AWS": "*"}),
        test_roles.test_a_role_is_taken_by_one_service_of_aws,
    ),
    "two functions share a role": (
        put("books-function", role="arn:aws:iam::111122223333:role/cloudshelf-phase2-admin"),
        test_roles.test_each_function_has_a_role_of_its_own,
    ),
    "a function has an administrator's policy": (
        put("database-monitoring-policy", policyArn="arn:aws:iam::aws:policy/AdministratorAccess"),
        test_roles.test_managed_policies_are_those_that_services_of_aws_need,
    ),
    "anybody may write to the log bucket": (
        statement("logs-policy", 2, Condition={}),
        test_production.test_only_aws_writes_to_the_log_bucket_and_for_this_account,
    ),
}
ENCRYPTION: dict[str, tuple[Change, Callable[..., None]]] = {
    "the database is not encrypted": (
        put("database-instance", storageEncrypted=False),
        test_database.test_a_database_is_encrypted_copied_and_hard_to_lose,
    ),
    "PostgreSQL takes connections without TLS": (
        put("database-parameters", parameters=[{"name": "rds.force_ssl", "value": "0"}]),
        test_database.test_only_tls_and_iam_tokens_get_in,
    ),
    "a table is under AWS's own key": (
        put("carts-table", serverSideEncryption=None),
        test_keys.test_tables_are_encrypted_and_so_are_their_copies,
    ),
    "a key is never turned over": (
        put("data-key", enableKeyRotation=False),
        test_keys.test_a_key_is_turned_over_every_year_and_cannot_be_lost_in_a_day,
    ),
    "anybody may use a key": (
        statement("logs-key", 1, Principal={"AWS": "*"}),
        test_keys.test_besides_the_account_only_services_use_a_key_and_only_for_it,
    ),
    "the password is shown in a preview": (
        unmarked("database-instance"),
        test_stacks.test_a_secret_is_marked_wherever_it_goes,
    ),
    "a bucket is open to the public": (
        put("site-private", blockPublicPolicy=False),
        test_production.test_every_bucket_is_private_encrypted_and_keeps_old_versions,
    ),
}
BACKUP: dict[str, tuple[Change, Callable[..., None]]] = {
    "the database is kept for a day": (
        put("database-instance", backupRetentionPeriod=1),
        test_database.test_a_database_is_encrypted_copied_and_hard_to_lose,
    ),
    "destroying takes the database along": (
        unprotected("database-instance"),
        test_stacks.test_what_holds_data_survives_a_destroy,
    ),
    "destroying takes the last copy along": (
        put("database-instance", skipFinalSnapshot=True),
        test_database.test_a_database_is_encrypted_copied_and_hard_to_lose,
    ),
    "carts are not copied": (
        put("backups-selection", resources=["arn:aws:rds:us-east-1:111122223333:db:cloudshelf-phase2"]),
        test_production.test_what_holds_data_is_copied_every_night_to_a_vault,
    ),
    "copies are gone after a week": (
        put("backups-plan", rules=[{"targetVaultName": "cloudshelf-phase2", "lifecycle": {"deleteAfter": 7}}]),
        test_production.test_what_holds_data_is_copied_every_night_to_a_vault,
    ),
    "a bucket forgets old versions": (
        put("logs-versions", versioningConfiguration={"status": "Suspended"}),
        test_production.test_every_bucket_is_private_encrypted_and_keeps_old_versions,
    ),
}
BREAKAGES = {**NETWORK, **PERMISSIONS, **ENCRYPTION, **BACKUP}


@pytest.mark.parametrize("breakage", BREAKAGES)
def test_a_breakage_is_found(phase2: Graph, breakage: str) -> None:
    change, found_by = BREAKAGES[breakage]
    found_by(phase2)
    broken = copy.deepcopy(phase2)
    change(broken)
    with pytest.raises((AssertionError, KeyError, ValueError)):
        found_by(broken)


@pytest.mark.parametrize("breakage", PACKETS)
def test_a_broken_acl_is_found(phase2: Graph, breakage: str) -> None:
    change, found_by, question = PACKETS[breakage]
    found_by(phase2, *question)
    broken = copy.deepcopy(phase2)
    change(broken)
    with pytest.raises(AssertionError):
        found_by(broken, *question)


def test_in_the_default_vpc_a_breakage_is_found_too(enhanced: Graph) -> None:
    broken = copy.deepcopy(enhanced)
    twin("lambda-to-dynamodb-out", prefixListId=None, cidrIpv4="0.0.0.0/0")(broken)
    with pytest.raises(AssertionError):
        test_default_network.test_functions_reach_postgresql_and_carts_and_nothing_else(broken)


def test_a_breakage_is_of_something_that_is_there(phase2: Graph) -> None:
    assert phase2.of(EGRESS)
    assert phase2.of(INGRESS)
    assert len(BREAKAGES) + len(PACKETS) >= 30
