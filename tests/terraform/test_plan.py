"""A graph becomes the plan Terraform would show of it."""

import json
from typing import Any

import pytest

from cloudshelf.graph import Node
from cloudshelf.terraform import property_name, singular, snake, terraform_type, to_plan


def node(type_: str, name: str, inputs: dict[str, Any], made_from: dict[str, list[str]] | None = None) -> Node:
    return Node(
        urn=f"urn:pulumi:phase2::cloudshelf::{type_}::{name}",
        type=type_,
        name=name,
        parent="",
        custom=True,
        inputs=inputs,
        secrets=set(),
        unknowns=set(),
        dependencies=[],
        property_dependencies=made_from or {},
        options={},
    )


def planned(*nodes: Node) -> list[dict[str, Any]]:
    resources: list[dict[str, Any]] = to_plan(nodes)["planned_values"]["root_module"]["resources"]
    return resources


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        ("aws:rds/instance:Instance", "aws_db_instance"),
        ("aws:ec2/vpc:Vpc", "aws_vpc"),
        ("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "aws_vpc_security_group_ingress_rule"),
        ("aws:apigateway/restApi:RestApi", "aws_api_gateway_rest_api"),
        ("aws:cloudtrail/trail:Trail", "aws_cloudtrail"),
        ("aws:wafv2/webAcl:WebAcl", "aws_wafv2_web_acl"),
        ("aws:s3/bucketObjectv2:BucketObjectv2", "aws_s3_object"),
        ("awsx:ec2:DefaultVpc", None),
        ("cloudshelf:edge:Edge", None),
    ],
)
def test_types_have_terraforms_names(token: str, expected: str | None) -> None:
    assert terraform_type(token) == expected


def test_properties_have_terraforms_names() -> None:
    assert snake("iamDatabaseAuthenticationEnabled") == "iam_database_authentication_enabled"
    assert snake("cidrIpv4") == "cidr_ipv4"
    assert property_name("aws_lambda_function", "name") == "function_name"
    assert property_name("aws_dynamodb_table", "name") == "name"


@pytest.mark.parametrize(
    ("plural", "one"),
    [
        ("origins", "origin"),
        ("global_secondary_indexes", "global_secondary_index"),
        ("ordered_cache_behaviors", "ordered_cache_behavior"),
        ("inline_policies", "inline_policy"),
        ("aliases", "alias"),
        ("ingress", "ingress"),
        ("redacted_fields", "redacted_fields"),
    ],
)
def test_lists_of_blocks_are_named_for_one(plural: str, one: str) -> None:
    assert singular(plural) == one


def test_a_lone_block_is_a_list_of_one_and_a_map_stays_a_map() -> None:
    inputs = {
        "vpcConfig": {"subnetIds": ["subnet-1"]},
        "environment": {"variables": {"someKey": "x"}},
        "tags": {"A": "b"},
    }
    [resource] = planned(node("aws:lambda/function:Function", "books", inputs))
    assert resource["values"] == {
        "vpc_config": [{"subnet_ids": ["subnet-1"]}],
        "environment": [{"variables": {"someKey": "x"}}],
        "tags": {"A": "b"},
    }


def test_names_become_addresses_terraform_would_take() -> None:
    [resource] = planned(
        node("aws:s3/bucketObjectv2:BucketObjectv2", "site-admin/page.html", {"key": "admin/page.html"})
    )
    assert resource["address"] == "aws_s3_object.site-admin_page_html"


def test_what_a_property_was_made_from_is_a_reference() -> None:
    bucket = node("aws:s3/bucket:Bucket", "site", {})
    block = node(
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "private", {"bucket": "b"}, {"bucket": [bucket.urn]}
    )
    configured = to_plan([bucket, block])["configuration"]["root_module"]["resources"]
    assert configured[1]["expressions"] == {"bucket": {"references": ["aws_s3_bucket.site.id", "aws_s3_bucket.site"]}}


def test_what_is_no_resource_of_aws_is_left_out_and_the_rest_is_json() -> None:
    plan = to_plan(
        [node("cloudshelf:edge:Edge", "edge", {}), node("aws:sns/topic:Topic", "alarms", {"name": "alarms"})]
    )
    assert [each["address"] for each in json.loads(json.dumps(plan))["resource_changes"]] == ["aws_sns_topic.alarms"]
