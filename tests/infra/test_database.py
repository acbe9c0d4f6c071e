"""PostgreSQL as declared in enhanced and phase2."""

import json

import pytest

from cloudshelf.controls.stacks import as_stack
from cloudshelf.graph import Graph
from components.database import schema
from components.database.database import WINDOWS
from components.database.parameters import ONE_GIBIBYTE, PARAMETERS, max_connections, memory_gib
from config_reader import SettingError
from policies.controls.tables import CONTROLS
from tests.captured import captured
from tests.infra.provider import Declare
from tests.infra.topology import EGRESS, INGRESS

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
PARAMETER_GROUP = "aws:rds/parameterGroup:ParameterGroup"
INSTANCE = "aws:rds/instance:Instance"
RELATIONAL = pytest.mark.parametrize("stack", ["enhanced", "phase2", "everything"], indirect=True)


@RELATIONAL
def test_only_tls_and_iam_tokens_get_in(graph: Graph) -> None:
    parameters = graph.one("aws:rds/parameterGroup:ParameterGroup").inputs
    assert parameters["family"] == "postgres15"
    assert {p["name"]: p["value"] for p in parameters["parameters"]}["rds.force_ssl"] == "1"
    for name, instance in graph.of(INSTANCE).items():
        assert instance.inputs["iamDatabaseAuthenticationEnabled"] is True, name
        assert instance.inputs["publiclyAccessible"] is False, name
        assert instance.inputs["vpcSecurityGroupIds"] == ["rds-group-id"], name


@pytest.mark.parametrize(
    ("size", "memory", "connections"),
    [
        ("db.t3.micro", 1, 80),
        ("db.t4g.small", 2, 225),
        ("db.t4g.medium", 4, 450),
        ("db.m7g.large", 8, 901),
        ("db.r6g.large", 16, 1802),
        ("db.r6g.4xlarge", 128, 5000),
    ],
)
def test_alarms_are_at_what_a_class_of_server_carries(size: str, memory: int, connections: int) -> None:
    assert (memory_gib(size), max_connections(size)) == (memory, connections)
    graph = captured("phase2", {"databaseInstanceClass": size})
    assert graph.named("database-connections-alarm").inputs["threshold"] == connections * 3 // 4
    assert graph.named("database-memory-alarm").inputs["threshold"] == 0.06 * memory * 2**30


def test_a_server_of_one_gibibyte_leaves_signing_in_with_iam_the_300_mebibytes_it_takes() -> None:
    mebibyte, defaults = 2**20, {"shared_buffers": 256, "maintenance": 3 * 64, "connections": 112}
    small = {each["name"]: int(each["value"]) for each in ONE_GIBIBYTE}
    freed = defaults["shared_buffers"] - small["shared_buffers"] * 8192 / mebibyte
    freed += defaults["maintenance"] - small["autovacuum_max_workers"] * small["maintenance_work_mem"] / 1024
    freed += 2 * (defaults["connections"] - small["max_connections"])
    assert freed >= 300
    assert captured("phase2", {"databaseInstanceClass": "db.t4g.small"}).one(PARAMETER_GROUP).inputs["parameters"] == [
        {"name": each["name"], "value": each["value"], "applyMethod": each["apply_method"]} for each in PARAMETERS
    ]


@pytest.mark.parametrize(
    ("size", "metric"),
    [("db.t2.micro", "CPUCreditBalance"), ("db.t4g.micro", "CPUSurplusCreditsCharged"), ("db.m7g.large", None)],
)
def test_a_class_that_is_charged_for_more_work_alarms_on_the_charge_and_not_on_its_first_empty_hours(
    size: str, metric: str | None
) -> None:
    graph = captured("phase2", {"databaseInstanceClass": size})
    found = [node.inputs["metricName"] for name, node in graph.of(ALARM).items() if "credits" in name]
    assert found == ([metric] if metric else [])


@RELATIONAL
def test_statements_with_peoples_data_are_not_logged(graph: Graph) -> None:
    listed = graph.one("aws:rds/parameterGroup:ParameterGroup").inputs["parameters"]
    parameters = {p["name"]: p["value"] for p in listed}
    assert parameters["log_statement"] == "ddl"
    assert parameters["log_min_duration_statement"] == "-1"


@RELATIONAL
def test_a_database_is_encrypted_copied_and_hard_to_lose(graph: Graph) -> None:
    main = graph.named("database-instance")
    assert main.inputs["storageEncrypted"] is True
    assert main.inputs["backupRetentionPeriod"] >= 7
    assert main.inputs["copyTagsToSnapshot"] is True
    assert main.inputs["deletionProtection"] is True
    assert main.inputs["skipFinalSnapshot"] is False
    assert main.inputs["deleteAutomatedBackups"] is False
    assert main.protected


def test_enhanced_is_the_smallest_postgresql_there_is(enhanced: Graph) -> None:
    inputs = enhanced.one(INSTANCE).inputs
    assert (inputs["engine"], inputs["engineVersion"]) == ("postgres", "15")
    assert (inputs["instanceClass"], inputs["allocatedStorage"], inputs["multiAz"]) == ("db.t3.micro", 20, False)
    assert "kmsKeyId" not in inputs
    assert inputs["manageMasterUserPassword"] is True
    assert "password" not in inputs


def test_phase2_is_in_two_zones_under_a_key_of_its_own_and_watched(phase2: Graph) -> None:
    inputs = phase2.one(INSTANCE).inputs
    assert inputs["multiAz"] is True
    assert inputs["backupRetentionPeriod"] >= 14
    assert inputs["kmsKeyId"] == phase2.named("data-key").outputs["arn"]
    assert inputs["monitoringInterval"] == 60
    assert inputs["performanceInsightsEnabled"] is True
    assert set(inputs["enabledCloudwatchLogsExports"]) == {"postgresql", "upgrade"}
    events = phase2.one("aws:rds/eventSubscription:EventSubscription").inputs
    assert events["sourceIds"] == [inputs["identifier"]]
    assert {"failover", "failure", "low storage"} <= set(events["eventCategories"])
    assert events["snsTopic"] == phase2.one("aws:sns/topic:Topic").outputs["arn"]


def test_a_replica_follows_the_database_as_well_guarded(everything: Graph) -> None:
    main, replica = everything.named("database-instance").inputs, everything.named("replica-instance")
    assert replica.inputs["replicateSourceDb"] == main["identifier"]
    assert replica.protected
    for kept in (
        "storageEncrypted",
        "parameterGroupName",
        "performanceInsightsEnabled",
        "performanceInsightsKmsKeyId",
        "monitoringInterval",
        "monitoringRoleArn",
        "enabledCloudwatchLogsExports",
        "caCertIdentifier",
        "deletionProtection",
    ):
        assert replica.inputs[kept] == main[kept], kept


def test_the_proxy_signs_in_with_tokens_on_both_sides(everything: Graph) -> None:
    proxy = everything.one("aws:rds/proxy:Proxy").inputs
    assert (proxy["requireTls"], proxy["defaultAuthScheme"]) == (True, "IAM_AUTH")
    target = everything.one("aws:rds/proxyTarget:ProxyTarget").inputs
    assert target["dbInstanceIdentifier"] == everything.named("database-instance").inputs["identifier"]
    for name in ("books", "orders"):
        host = everything.named(f"{name}-function").inputs["environment"]["variables"]["DATABASE_HOST"]
        assert ".proxy-" in host


@RELATIONAL
def test_the_schema_is_applied_when_a_file_changes_and_once_there_is_a_database(graph: Graph) -> None:
    applied = graph.named("schema-files-applied")
    assert applied.inputs["triggers"]["files"] == schema.digest()
    awaited = {urn.rpartition("::")[2] for urn in applied.dependencies}
    assert {"database-instance", "schema-function", "schema-policy"} <= awaited
    ways = {way.name for kind in (EGRESS, INGRESS) for way in graph.of(kind).values()}
    assert {way for way in ways if "-to-rds-" in way and way.startswith(("schema-", "lambda-"))} <= awaited
    assert "digest" in json.loads(applied.inputs["input"])


def test_a_changed_password_of_the_master_user_changes_nothing_in_the_next_preview(
    enhanced: Graph, phase2: Graph, everything: Graph
) -> None:
    """RDS changes the one it keeps every week."""
    database = enhanced.named("database-instance")
    kept = database.outputs["masterUserSecrets"][0]["secretArn"]
    assert json.loads(enhanced.named("schema-files-applied").inputs["input"]) == {
        "secret_arn": kept,
        "digest": schema.digest(),
    }
    assert not [token for token, _ in enhanced.lookups if "SecretVersion" in token]
    for graph in (phase2, everything):
        applied = json.loads(graph.named("schema-files-applied").inputs["input"])
        assert applied.keys() == {"credential_parameter", "digest"}


def test_outside_the_vpc_one_function_reads_the_masters_secret_and_may_call_the_schemas_alone(enhanced: Graph) -> None:
    (policy,) = [each.inputs["policy"] for name, each in enhanced.of(ROLE_POLICY).items() if name == "rollout-policy"]
    allowed = {action: each["Resource"] for each in json.loads(policy)["Statement"] for action in each["Action"]}
    kept = enhanced.named("database-instance").outputs["masterUserSecrets"][0]["secretArn"]
    assert allowed["secretsmanager:GetSecretValue"] == [kept]
    assert allowed["lambda:InvokeFunction"] == [enhanced.named("schema-function").outputs["arn"]]
    assert "vpcConfig" not in enhanced.named("rollout-function").inputs


def test_the_masters_password_is_a_secret_everywhere(phase2: Graph) -> None:
    assert "password" in phase2.named("database-instance").secrets
    parameter = phase2.one("aws:ssm/parameter:Parameter")
    assert "value" in parameter.secrets
    assert parameter.inputs["type"] == "SecureString"
    assert parameter.inputs["keyId"] == phase2.named("parameters-key").outputs["arn"]
    assert parameter.options["ignoreChanges"] == ["value"]


def test_the_database_sleeps_when_told(declare: Declare, enhanced: Graph) -> None:
    schedule = "aws:scheduler/schedule:Schedule"
    assert enhanced.of(schedule) == {}
    graph = declare("enhanced", {"databaseHours": "MON-FRI 08:00-20:00", "timeZone": "Europe/Paris"})
    declared = {
        n: (s.inputs["scheduleExpression"], s.inputs["scheduleExpressionTimezone"])
        for n, s in graph.of(schedule).items()
    }
    assert declared == {
        "hours-start": ("cron(0 8 ? * MON-FRI *)", "Europe/Paris"),
        "hours-stop": ("cron(0 20 ? * MON-FRI *)", "Europe/Paris"),
    }


@pytest.mark.parametrize(
    ("hours", "zone"),
    [
        ("MON-FRI 07:00-19:00", "Europe/Paris"),
        ("MON-FRI 08:00-12:00", "America/New_York"),
        ("SAT-SUN 00:00-04:30", "Pacific/Kiritimati"),
        ("MON-SUN 19:00-23:59", "America/Los_Angeles"),
        ("WED 09:30-13:30", "UTC"),
    ],
)
def test_a_database_with_hours_is_backed_up_and_maintained_within_them(hours: str, zone: str) -> None:
    stack = as_stack(captured("enhanced", {"databaseHours": hours, "timeZone": zone}), "enhanced")
    for row in (164, 165):
        (control,) = [each for each in CONTROLS if each.id == row]
        assert control.violations(stack) == [], hours


def test_hours_too_short_for_backup_and_maintenance_are_refused() -> None:
    with pytest.raises(SettingError, match="databaseHours: must span at least 4 hours"):
        captured("enhanced", {"databaseHours": "MON-FRI 09:00-12:00"})


def test_hours_of_a_database_that_nothing_stops_leave_its_windows_as_they_are() -> None:
    database = captured("phase2", {"databaseHours": "MON-FRI 05:00-17:00"}).named("database-instance").inputs
    assert (database["backupWindow"], database["maintenanceWindow"]) == WINDOWS
