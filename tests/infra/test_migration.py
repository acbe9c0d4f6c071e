"""A shop on its way from phase1 into enhanced or phase2: what both sides declare for it, and that nothing else is."""

import json
from ipaddress import IPv4Address, IPv4Network
from typing import Any

import pytest

from cloudshelf.controls.stacks import FROM_ENHANCED, MOVES
from cloudshelf.graph import Graph
from components.migration.adopted_identity import NoSuchPool
from components.migration.router import AT_FIRST, SOURCE, TARGET_ORIGIN
from components.migration.source import NoStream
from components.network.addresses import plan
from tests.captured import captured, moving
from tests.infra import test_graph, test_roles, test_stacks
from tests.infra.provider import ACCOUNT, REGION, Declare, Provider
from tests.infra.test_permissions import statements
from tests.infra.topology import Acls, Way, admitted, groups_of, opened

HOST = "d111111abcdef8.cloudfront.net"
MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping"
SCHEDULE = "aws:scheduler/schedule:Schedule"
TABLES = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table"
TARGETS = ("enhanced", "phase2")
ENTITIES = ("books", "users", "orders", "carts")
TARGET = pytest.mark.parametrize("stack", TARGETS, indirect=True)
READ = {"BatchGetItem", "DescribeTable", "Scan"}
# What the function does with each table, as functions/migration calls it.
CALLS = {
    "phase1-books": READ | {"BatchWriteItem", "DeleteItem", "GetItem", "PutItem", "UpdateItem"},
    "phase1-books/index/BookIdIndex": {"Query"},
    "phase1-users": READ | {"BatchWriteItem"},
    "phase1-orders": READ | {"BatchWriteItem", "PutItem"},
    "phase1-carts": READ | {"BatchWriteItem", "DeleteItem", "GetItem", "PutItem"},
}
# Where the source's database is when it has one.
OTHER, OTHER_VPC = "the other VPC", "172.31.0.0/16"
OWN_CARTS = {"DeleteItem", "PutItem", "Query", "Scan"}


@pytest.fixture(scope="module", params=list(MOVES))
def stack(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def graph(stack: str) -> Graph:
    """Each side of a move in turn."""
    return moving(stack)


@pytest.fixture(scope="module")
def preview(stack: str, declare: Declare) -> Graph:
    return declare(stack, MOVES[stack], preview=True)


@pytest.fixture
def plain(stack: str) -> Graph:
    """The same stack without a move."""
    return captured(stack)


# What holds for every stack holds for these.
test_every_resource_belongs_to_a_component = test_graph.test_every_resource_belongs_to_a_component
test_every_component_says_it_is_finished = test_graph.test_every_component_says_it_is_finished
test_the_program_uses_nothing_deprecated = test_graph.test_the_program_uses_nothing_deprecated
test_a_preview_declares_what_an_update_does = test_graph.test_a_preview_declares_what_an_update_does
test_every_output_is_answered = test_graph.test_the_provider_of_these_tests_answers_every_output_that_is_used
test_every_input_arrives_in_an_update = test_graph.test_every_input_arrives_in_an_update
test_every_input_is_a_property_the_resource_has = test_graph.test_every_input_is_a_property_the_resource_has
test_a_role_is_taken_by_one_service_of_aws = test_roles.test_a_role_is_taken_by_one_service_of_aws
test_no_action_is_a_wildcard = test_roles.test_no_action_is_a_wildcard
test_code_inside_a_vpc_cannot_touch_interfaces = (
    test_roles.test_code_inside_a_vpc_cannot_touch_network_interfaces_itself
)
test_a_function_signs_in_as_its_own_database_user = test_roles.test_a_function_signs_in_as_its_own_database_user
test_each_function_has_a_role_of_its_own = test_roles.test_each_function_has_a_role_of_its_own
test_a_secret_is_marked_wherever_it_goes = test_stacks.test_a_secret_is_marked_wherever_it_goes


def test_a_move_adds_and_changes_nothing_it_does_not_need(stack: str, graph: Graph, plain: Graph) -> None:
    gone = {plain.nodes[urn].name for urn in plain.nodes.keys() - graph.nodes.keys()}
    assert gone == ({"identity", "identity-pool", "identity-client", "identity-admin"} if stack in TARGETS else set())
    changed = {
        node.name
        for urn, node in plain.nodes.items()
        if urn in graph.nodes and inputs(node) != inputs(graph.nodes[urn])
    }
    others = {
        "phase1": {"books-table", "users-table", "orders-table", "carts-table", "cdn-distribution"},
        "enhanced": set(),
        # A rate is counted by the shopper's address, which the source's CloudFront hands on.
        "phase2": {"dynamodb-gateway", "cdn-firewall-acl"},
    }[stack]
    told = {"site-config.json", "rest-api", "rest-deployment", "authorizer-function"} if stack in TARGETS else set()
    assert others <= changed <= others | told


def inputs(node: Any) -> str:
    return json.dumps(node.inputs, default=lambda asset: getattr(asset, "path", type(asset).__name__))


# The source.


def test_a_source_tells_each_change_with_what_was_before() -> None:
    for settings in ({"migrateTo": "prepare"}, MOVES["phase1"]):
        graph = captured("phase1", settings)
        for name, table in graph.of("aws:dynamodb/table:Table").items():
            told = table.inputs["streamEnabled"], table.inputs["streamViewType"]
            assert told == (True, "NEW_AND_OLD_IMAGES"), name


def test_of_enhanced_only_carts_are_told_for_the_rest_is_in_postgresql() -> None:
    graph = captured("enhanced", {"migrateTo": "prepare"})
    assert graph.named("carts-table").inputs["streamEnabled"] is True
    assert "streamEnabled" not in graph.named("sessions-table").inputs


def test_a_stack_that_prepares_sends_nobody_away() -> None:
    graph = captured("phase1", {"migrateTo": "prepare"})
    assert graph.of("aws:cloudfront/function:Function") == {}
    assert len(graph.one("aws:cloudfront/distribution:Distribution").inputs["origins"]) == 2


def test_the_router_runs_for_requests_of_the_api_and_knows_the_target() -> None:
    graph = moving("phase1")
    distribution = graph.one("aws:cloudfront/distribution:Distribution").inputs
    (behavior,) = distribution["orderedCacheBehaviors"]
    function = graph.one("aws:cloudfront/function:Function")
    association = {"eventType": "viewer-request", "functionArn": function.outputs["arn"]}
    assert behavior["functionAssociations"] == [association]
    assert "functionAssociations" not in distribution["defaultCacheBehavior"]
    (target,) = [origin for origin in distribution["origins"] if origin["originId"] == TARGET_ORIGIN]
    assert target["domainName"] == HOST
    assert target["customOriginConfig"]["originProtocolPolicy"] == "https-only"
    # The target's own CloudFront adds its key.
    assert "customHeaders" not in target
    store = graph.one("aws:cloudfront/keyValueStore:KeyValueStore").outputs["arn"]
    assert function.inputs["code"] == SOURCE.read_text()
    assert (function.inputs["runtime"], function.inputs["publish"]) == ("cloudfront-js-2.0", True)
    assert function.inputs["keyValueStoreAssociations"] == [store]


def test_everybody_stays_at_first_and_an_update_moves_nobody_back() -> None:
    graph = moving("phase1")
    keys = graph.of("aws:cloudfront/keyvaluestoreKey:KeyvaluestoreKey").values()
    assert {key.inputs["key"]: key.inputs["value"] for key in keys} == dict(AT_FIRST)
    assert all(key.options["ignoreChanges"] == ["value"] for key in keys)


# The target.


@TARGET
def test_accounts_stay_in_the_sources_pool(graph: Graph, stack: str) -> None:
    assert graph.of("aws:cognito/userPool:UserPool") == {}
    assert graph.outputs["userPoolId"] == f"{REGION}_cloudshelf-phase1-users"
    assert graph.outputs["userPoolClientId"] == "cloudshelf-phase1-storefront-id"
    config = json.loads(graph.named("site-config.json").inputs["content"])
    assert config["identity"] == {
        "endpoint": f"//cognito-idp.{REGION}.amazonaws.com/",
        "clientId": "cloudshelf-phase1-storefront-id",
    }
    if stack == "phase2":
        told = graph.named("authorizer-function").inputs["environment"]["variables"]
        assert told["USER_POOL_ISSUER"] == f"https://cognito-idp.{REGION}.amazonaws.com/{graph.outputs['userPoolId']}"


def test_accounts_stay_there_after_the_move() -> None:
    graph = captured("enhanced", {"accountsFrom": "phase1"})
    assert graph.outputs["userPoolId"] == f"{REGION}_cloudshelf-phase1-users"
    assert graph.of(MAPPING) == graph.of("aws:sfn/stateMachine:StateMachine") == {}


@TARGET
def test_every_change_of_the_source_reaches_the_function_or_a_queue(graph: Graph) -> None:
    mappings = graph.of(MAPPING)
    assert set(mappings) == {f"migration-{entity}-changes" for entity in ENTITIES}
    for entity in ENTITIES:
        given = mappings[f"migration-{entity}-changes"].inputs
        assert given["eventSourceArn"].startswith(f"{TABLES}/cloudshelf-phase1-{entity}/stream/")
        assert given["functionName"] == graph.named("migration-function").inputs["name"]
        assert given["startingPosition"] == "TRIM_HORIZON"
        assert given["bisectBatchOnFunctionError"] is True
        assert given["functionResponseTypes"] == ["ReportBatchItemFailures"]
        assert given["destinationConfig"]["onFailure"]["destinationArn"] == graph.named("untold-queue").outputs["arn"]
        # As many as are tried at once would overtake the marks that say how far the stream is.
        assert "parallelizationFactor" not in given
        assert "maximumRetryAttempts" not in given
        assert given["startingPosition"] == "TRIM_HORIZON"
        # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html keeps records for 24 hours.
        assert given["maximumRecordAgeInSeconds"] == 24 * 3600


@TARGET
def test_nothing_is_moved_before_there_are_tables(graph: Graph) -> None:
    applied = graph.named("schema-files-applied").urn
    assert all(applied in mapping.dependencies for mapping in graph.of(MAPPING).values())


@TARGET
def test_the_function_makes_these_calls_and_may_make_no_others(graph: Graph, stack: str) -> None:
    granted: dict[str, set[str]] = {}
    for statement in statements(graph, "migration"):
        actions = {action.removeprefix("dynamodb:") for action in statement["Action"] if "dynamodb:" in action}
        for resource in statement["Resource"] if actions and statement["Effect"] == "Allow" else []:
            granted.setdefault(resource.removeprefix(f"{TABLES}/cloudshelf-"), set()).update(actions)
    streams = {name: granted.pop(name) for name in list(granted) if "/stream/" in name}
    assert granted == {**CALLS, f"{stack}-carts": OWN_CARTS}
    followed = {name.partition("/")[0] for name in streams}
    assert followed == {f"phase1-{entity}" for entity in ENTITIES}
    for name, actions in streams.items():
        every = {"ListStreams"} if name.endswith("*") else {"DescribeStream", "GetRecords", "GetShardIterator"}
        assert actions == every


@TARGET
def test_besides_tables_it_reads_exports_signs_in_and_says_what_failed(graph: Graph, stack: str) -> None:
    others = {
        action: statement["Resource"]
        for statement in statements(graph, "migration")
        if statement["Effect"] == "Allow"
        for action in statement["Action"]
        if not action.startswith(("dynamodb:", "ec2:", "logs:", "xray:", "kms:"))
    }
    assert others == {
        "rds-db:connect": [f"arn:aws:rds-db:{REGION}:{ACCOUNT}:dbuser:db-ABCDEFGHIJKLMNOPQRSTUVWXYZ/migration"],
        "s3:ListBucket": ["arn:aws:s3:::exports-bucket"],
        "s3:GetObject": ["arn:aws:s3:::exports-bucket/*"],
        "sqs:SendMessage": [graph.named("untold-queue").outputs["arn"]],
    }
    keys = [s for s in statements(graph, "migration") if s["Action"][0].startswith("kms:")]
    through = {s["Condition"]["StringEquals"]["kms:ViaService"].partition(".")[0]: s["Action"] for s in keys}
    assert through.keys() == ({"dynamodb", "s3"} if stack == "phase2" else set())
    assert through.get("s3", ["kms:Decrypt"]) == ["kms:Decrypt"]


@TARGET
def test_the_function_is_told_where_everything_is(graph: Graph, stack: str) -> None:
    told = graph.named("migration-function").inputs["environment"]["variables"]
    sources = {f"SOURCE_{entity.upper()}_TABLE_NAME": f"cloudshelf-phase1-{entity}" for entity in ENTITIES}
    assert {name: told[name] for name in sources} == sources
    assert told["CARTS_TABLE_NAME"] == f"cloudshelf-{stack}-carts"
    assert told["EXPORT_BUCKET_NAME"] == "exports-bucket"
    assert told.keys() == sources.keys() | {
        "CARTS_TABLE_NAME",
        "CURRENCY",
        "DATABASE_HOST",
        "DATABASE_NAME",
        "DATABASE_PORT",
        "DATABASE_USER",
        "EXPORT_BUCKET_NAME",
        "POWERTOOLS_SERVICE_NAME",
    }


@TARGET
def test_the_function_reaches_the_database_and_two_services_and_is_reached_by_nobody(
    graph: Graph, plain: Graph
) -> None:
    new = opened(graph) - opened(plain)
    assert new == {
        Way("migration", "rds", 5432),
        Way("migration", "pl-dynamodb-gateway", 443),
        Way("migration", "pl-s3-gateway", 443),
    }
    assert admitted(graph) - admitted(plain) == {Way("migration", "rds", 5432)}
    assert groups_of(graph)["migration"] == "migration"


@TARGET
def test_no_nat_gateway_proxy_or_interface_endpoint_comes_with_a_move(graph: Graph, plain: Graph) -> None:
    for kind in ("aws:ec2/natGateway:NatGateway", "aws:rds/proxy:Proxy"):
        assert len(graph.of(kind)) == len(plain.of(kind))
    new = graph.of("aws:ec2/vpcEndpoint:VpcEndpoint").keys() - plain.of("aws:ec2/vpcEndpoint:VpcEndpoint").keys()
    assert new == {"s3-gateway"}


def test_even_behind_a_proxy_rows_are_staged_on_the_database_itself() -> None:
    graph = captured("phase2", {**MOVES["phase2"], "databaseProxy": "true"})
    assert Way("migration", "rds", 5432) in opened(graph)
    assert Way("migration", "proxy", 5432) not in opened(graph)


def test_the_dynamodb_endpoint_admits_the_tables_of_both_sides() -> None:
    graph, stack = moving("phase2"), "phase2"
    own, moved = json.loads(graph.named("dynamodb-gateway").inputs["policy"])["Statement"]
    assert "dynamodb:Scan" not in own["Action"]
    assert not [arn for arn in own["Resource"] if "phase1" in arn]
    tables = {arn.rpartition("/")[2] for arn in moved["Resource"] if not arn.endswith("/index/*")}
    assert tables == {f"cloudshelf-{stack}-carts", *(f"cloudshelf-phase1-{entity}" for entity in ENTITIES)}
    called = {action for actions in CALLS.values() for action in actions} | OWN_CARTS
    assert called <= {action.removeprefix("dynamodb:") for action in moved["Action"]}
    assert moved["Condition"]["StringEquals"] == {"aws:PrincipalAccount": ACCOUNT}


def test_the_s3_endpoint_leads_to_the_exports_alone() -> None:
    endpoint = moving("phase2").named("s3-gateway").inputs
    (statement,) = json.loads(endpoint["policy"])["Statement"]
    assert statement["Resource"] == ["arn:aws:s3:::exports-bucket", "arn:aws:s3:::exports-bucket/*"]
    assert statement["Action"] == ["s3:GetObject", "s3:ListBucket"]
    assert endpoint["routeTableIds"] == ["private-routes-1-id", "private-routes-2-id"]


def test_in_a_borrowed_vpc_others_use_s3_as_before() -> None:
    endpoint = moving("enhanced").named("s3-gateway").inputs
    assert "policy" not in endpoint
    assert endpoint["routeTableIds"] == ["rtb-main"]
    reused = captured("enhanced", {**MOVES["enhanced"], "s3Endpoint": "reuse"})
    assert "s3-gateway" not in reused.of("aws:ec2/vpcEndpoint:VpcEndpoint")
    assert Way("migration", "pl-dynamodb", 443) in opened(reused)


@TARGET
def test_exports_are_private_encrypted_and_gone_after_a_month(graph: Graph, stack: str) -> None:
    assert graph.named("exports-bucket").inputs["forceDestroy"] is False
    block = graph.named("exports-private").inputs
    assert {block[key] for key in block if key != "bucket"} == {True}
    (rule,) = graph.named("exports-encryption").inputs["rules"]
    wanted = "aws:kms" if stack == "phase2" else "AES256"
    assert rule["applyServerSideEncryptionByDefault"]["sseAlgorithm"] == wanted
    (forgotten,) = graph.named("exports-lifecycle").inputs["rules"]
    assert forgotten["expiration"]["days"] == 30
    (denied,) = json.loads(graph.named("exports-policy").inputs["policy"])["Statement"]
    assert (denied["Effect"], denied["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})


@TARGET
def test_files_are_loaded_in_parallel_and_entities_one_after_the_other(graph: Graph) -> None:
    machine = graph.one("aws:sfn/stateMachine:StateMachine").inputs
    states = json.loads(machine["definition"])["States"]
    name, order = json.loads(machine["definition"])["StartAt"], []
    while name != "Loaded":
        (choice,) = states[name]["Choices"]
        load = states[choice["Next"]]
        order.append(load["ItemSelector"]["entity"])
        assert (load["Type"], load["ItemProcessor"]["ProcessorConfig"]["Mode"]) == ("Map", "DISTRIBUTED")
        assert load["ItemReader"]["Parameters"]["Bucket"] == "exports-bucket"
        task = load["ItemProcessor"]["States"][load["ItemProcessor"]["StartAt"]]
        assert task["Parameters"]["FunctionName"] == graph.named("migration-function").outputs["arn"]
        # An entity that has no export is passed over.
        assert states[name]["Default"] == load["Next"]
        name = load["Next"]
    assert tuple(order) == ENTITIES


@TARGET
def test_every_state_of_the_load_leads_on_and_is_reached(graph: Graph) -> None:
    whole = json.loads(graph.one("aws:sfn/stateMachine:StateMachine").inputs["definition"])
    check_states(whole)
    for state in whole["States"].values():
        if "ItemProcessor" in state:
            check_states(state["ItemProcessor"])


def check_states(machine: dict[str, Any]) -> None:
    states = machine["States"]
    leads = {machine["StartAt"]}
    for state in states.values():
        leads |= {state[key] for key in ("Next", "Default") if key in state}
        leads |= {choice["Next"] for choice in state.get("Choices", [])}
        assert state["Type"] in ("Succeed", "Fail", "Choice") or "Next" in state
    assert leads == states.keys()


@TARGET
def test_the_state_machine_runs_the_function_lists_files_and_starts_itself(graph: Graph, stack: str) -> None:
    name = f"cloudshelf-{stack}-load"
    scoped = {
        action: statement["Resource"]
        for statement in statements(graph, "loading")
        if statement["Resource"] != "*"
        for action in statement["Action"]
    }
    runs = [f"arn:aws:states:{REGION}:{ACCOUNT}:execution:{name}/*"]
    assert scoped == {
        "lambda:InvokeFunction": [graph.named("migration-function").outputs["arn"]],
        "s3:ListBucket": ["arn:aws:s3:::exports-bucket"],
        "states:StartExecution": [f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{name}"],
        "states:DescribeExecution": runs,
        "states:StopExecution": runs,
    }
    unscoped = {a for s in statements(graph, "loading") if s["Resource"] == "*" for a in s["Action"]}
    assert all(action.startswith(("logs:", "xray:")) for action in unscoped)


@TARGET
def test_lag_failures_and_what_is_given_up_alarm_somebody(graph: Graph) -> None:
    alarms = {n: a.inputs for n, a in graph.of("aws:cloudwatch/metricAlarm:MetricAlarm").items() if "migration" in n}
    assert {(a["namespace"], a["metricName"]) for a in alarms.values()} == {
        ("AWS/Lambda", "Errors"),
        ("AWS/Lambda", "IteratorAge"),
        ("AWS/SQS", "ApproximateNumberOfMessagesVisible"),
        ("AWS/States", "ExecutionsFailed"),
    }
    lag = alarms["migration-lag-alarm"]
    assert (lag["comparisonOperator"], lag["threshold"] + 1) == ("GreaterThanThreshold", 3_600_000)
    assert all(alarm["alarmActions"] for alarm in alarms.values())


@pytest.mark.parametrize("stack", ["phase2"], indirect=True)
def test_shoppers_who_come_through_another_cloudfront_share_its_address_and_no_header_of_theirs_decides(
    graph: Graph, plain: Graph
) -> None:
    moving, alone = limits(graph, "cdn"), limits(plain, "cdn")
    assert {each["aggregateKeyType"] for each in [*moving.values(), *alone.values()]} == {"IP"}
    assert all(moving[name]["limit"] == 100 * each["limit"] for name, each in alone.items())


def limits(graph: Graph, firewall: str) -> dict[str, Any]:
    rules = graph.named(f"{firewall}-firewall-acl").inputs["rules"]
    return {
        rule["name"]: rule["statement"]["rateBasedStatement"]
        for rule in rules
        if "rateBasedStatement" in rule["statement"]
    }


def test_a_source_that_tells_nothing_is_refused_with_the_fix(monkeypatch: pytest.MonkeyPatch, declare: Declare) -> None:
    answer(monkeypatch, "aws:dynamodb/getTable:getTable", {"name": "books", "arn": "arn:books", "streamArn": ""})
    with pytest.raises(NoStream, match="pulumi config set cloudshelf:migrateTo prepare"):
        declare("enhanced", MOVES["enhanced"])


def test_accounts_of_a_stack_that_is_not_there_are_refused(monkeypatch: pytest.MonkeyPatch, declare: Declare) -> None:
    answer(monkeypatch, "aws:cognito/getUserPools:getUserPools", {"ids": [], "arns": []})
    with pytest.raises(NoSuchPool, match="there are 0 user pools cloudshelf-phase1-users"):
        declare("enhanced", MOVES["enhanced"])


def answer(monkeypatch: pytest.MonkeyPatch, token: str, found: dict[str, Any]) -> None:
    call = Provider.call
    monkeypatch.setattr(Provider, "call", lambda p, args: (found, []) if args.token == token else call(p, args))


# From one database to another.


@pytest.fixture(scope="module")
def from_enhanced() -> Graph:
    return captured("phase2", FROM_ENHANCED)


def test_only_carts_have_a_stream_to_follow_where_the_rest_is_in_postgresql(from_enhanced: Graph) -> None:
    assert set(from_enhanced.of(MAPPING)) == {"migration-carts-changes"}
    told = from_enhanced.named("migration-function").inputs["environment"]["variables"]
    assert {name: value for name, value in told.items() if name.startswith("SOURCE_")} == {
        "SOURCE_CARTS_TABLE_NAME": "cloudshelf-enhanced-carts",
        "SOURCE_CART_LAYOUT": "items",
        "SOURCE_DATABASE_HOST": f"cloudshelf-enhanced.x.{REGION}.rds.amazonaws.com",
        "SOURCE_DATABASE_NAME": "cloudshelf",
        "SOURCE_DATABASE_PORT": "5432",
        "SOURCE_DATABASE_USER": "migration",
    }


def test_what_changes_in_a_database_is_asked_for_every_minute(from_enhanced: Graph, graph: Graph) -> None:
    schedule = from_enhanced.one(SCHEDULE)
    target, function = schedule.inputs["target"], from_enhanced.named("migration-function").outputs["arn"]
    assert (schedule.inputs["scheduleExpression"], target["arn"]) == ("rate(1 minute)", function)
    asked = json.loads(target["input"])
    assert asked["step"] == "sync"
    assert asked["budget_s"] < 60, "a call ends before the next begins"
    assert from_enhanced.named("schema-files-applied").urn in schedule.dependencies
    assert graph.of(SCHEDULE) == {}, "streams tell of changes in DynamoDB by themselves"


def test_the_schedule_may_call_the_function_and_nothing_else(from_enhanced: Graph) -> None:
    role = from_enhanced.named("following-role")
    assert from_enhanced.one(SCHEDULE).inputs["target"]["roleArn"] == role.outputs["arn"]
    (statement,) = statements(from_enhanced, "following")
    assert statement["Action"] == ["lambda:InvokeFunction"]
    assert statement["Resource"] == [from_enhanced.named("migration-function").outputs["arn"]]
    (trust,) = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
    assert trust["Principal"] == {"Service": "scheduler.amazonaws.com"}
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}


def test_carts_as_items_are_called_as_the_targets_own_and_marked(from_enhanced: Graph) -> None:
    table = [f"{TABLES}/cloudshelf-enhanced-carts"]
    (carts,) = [s for s in statements(from_enhanced, "migration") if s["Resource"] == table]
    assert {action.removeprefix("dynamodb:") for action in carts["Action"]} == OWN_CARTS | {"BatchWriteItem"}


def test_accounts_may_be_an_even_older_stacks(from_enhanced: Graph) -> None:
    assert from_enhanced.outputs["userPoolId"] == f"{REGION}_cloudshelf-phase1-users"


def test_the_function_signs_in_to_both_databases_as_itself(from_enhanced: Graph) -> None:
    granted = [s["Resource"] for s in statements(from_enhanced, "migration") if s["Action"] == ["rds-db:connect"]]
    users = f"arn:aws:rds-db:{REGION}:{ACCOUNT}:dbuser"
    assert granted == [
        [f"{users}:db-ABCDEFGHIJKLMNOPQRSTUVWXYZ/migration"],
        [f"{users}:db-ZYXWVUTSRQPONMLKJIHGFEDCBA/migration"],
    ]


def test_the_function_alone_reaches_the_other_database(from_enhanced: Graph) -> None:
    other = "sg-of-the-source"
    assert {way for way in opened(from_enhanced) if way.callee == other} == {Way("migration", other, 5432)}
    assert {way for way in admitted(from_enhanced) if way.callee == other} == {Way("migration", other, 5432)}
    rule = from_enhanced.named("peering-database-in")
    assert from_enhanced.named("peering-connection").urn in rule.dependencies


def test_packets_find_their_way_to_the_other_database_and_back(from_enhanced: Graph) -> None:
    routes = {
        (r.inputs["routeTableId"], r.inputs["destinationCidrBlock"])
        for r in from_enhanced.of("aws:ec2/route:Route").values()
        if r.inputs.get("vpcPeeringConnectionId") == "peering-connection-id"
    }
    private = str(plan(IPv4Network("10.0.0.0/16")).private.cidr)
    assert routes == {
        ("private-routes-1-id", OTHER_VPC),
        ("private-routes-2-id", OTHER_VPC),
        ("rtb-main", private),
    }
    peered = from_enhanced.named("peering-connection").inputs
    assert (peered["peerVpcId"], peered["autoAccept"]) == ("vpc-default", True)


@pytest.mark.parametrize(
    ("sender", "receiver", "port", "passes"),
    [
        ("private-subnet-1", OTHER, 5432, True),
        (OTHER, "private-subnet-1", 40000, True),
        ("private-subnet-1", OTHER, 22, False),
        ("database-subnet-1", OTHER, 5432, False),
        (OTHER, "database-subnet-1", 5432, False),
        (OTHER, "private-subnet-1", 443, False),
    ],
)
def test_acls_let_pass_what_the_other_database_is_asked_and_answers(
    from_enhanced: Graph, sender: str, receiver: str, port: int, passes: bool
) -> None:
    assert Peered(from_enhanced).passes(sender, receiver, port) is passes


class Peered(Acls):
    """With one more place: an address in the other VPC."""

    def address(self, place: str) -> IPv4Address:
        return IPv4Network(OTHER_VPC)[10] if place == OTHER else super().address(place)
