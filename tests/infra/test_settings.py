"""Settings: every key typed and checked, every mistake named."""

import json
import re
from pathlib import Path

import pytest
import yaml

from cloudshelf.graph import stack_config
from cloudshelf.graph.stacks import ConfigError
from config_reader import SettingError
from settings import Phase, Settings
from tests.infra.provider import ROOT

STACKS = sorted(p.suffixes[0].removeprefix(".") for p in ROOT.glob("Pulumi.*.yaml"))


def parse(stack: str = "phase1", **changes: str | None) -> Settings:
    config = stack_config(stack, ROOT)
    for key, value in changes.items():
        if value is None:
            del config[f"cloudshelf:{key}"]
        else:
            config[f"cloudshelf:{key}"] = value
    return Settings.parse(stack, config)


@pytest.mark.parametrize("stack", STACKS)
def test_a_stack_file_has_settings_the_program_knows_and_no_others(stack: str) -> None:
    Settings.parse(stack, stack_config(stack, ROOT))


@pytest.mark.parametrize("stack", STACKS)
def test_pulumi_yaml_describes_every_setting_of_a_stack_file(stack: str) -> None:
    declared = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]
    given = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())["config"]
    ours = {key.removeprefix("cloudshelf:") for key in given if key.startswith("cloudshelf:")}
    assert ours <= declared.keys()
    assert all(schema["description"] and schema["type"] for schema in declared.values())


def test_the_stacks_name_chooses_the_phase() -> None:
    assert parse().phase is Phase.PHASE1


def test_a_second_stack_of_a_phase_names_its_phase() -> None:
    config = {**stack_config("phase1", ROOT), "cloudshelf:phase": "phase1"}
    settings = Settings.parse("phase1-eu", config)
    assert (settings.stack, settings.phase) == ("phase1-eu", Phase.PHASE1)


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("phase", "phase9", "phase1"),
        ("protectData", "yes", "true or false"),
        ("logRetentionDays", "15", "14, 30"),
        ("alertEmail", "nobody", "an e-mail address or empty"),
        ("monthlyBudgetUsd", "0", "between 1 and 1000000"),
        ("throttleRate", "1e3", "between 1 and 10000"),
        ("throttleBurst", "5001", "between 1 and 5000"),
        ("apiGatewayLogRole", "maybe", "create or reuse or skip"),
        ("taxRate", "8 %", "a decimal between 0 and 1"),
        ("taxRate", "NaN", "a decimal between 0 and 1"),
        ("shippingFee", "-1", "a decimal between 0 and 1000"),
        ("currency", "usd", "three capital letters"),
        ("cartTtlDays", "", "between 1 and 365"),
        ("sessionHours", "0", "between 1 and 720"),
        ("functionConcurrency", "-1", "between 0 and 1000"),
        ("cartReplicaRegions", '["Paris"]', "regions such as eu-west-1"),
        ("databaseInstanceClass", "micro", "a class such as db.t3.micro"),
        ("databaseStorageGb", "19", "between 20 and 65536"),
        ("databaseBackupDays", "0", "between 1 and 35"),
        ("databaseHours", "MON-FRI 8-20", "days and hours such as MON-FRI 07:00-19:00"),
        ("timeZone", "GMT plus 1", "a time zone such as Europe/Paris"),
        ("databaseProxy", "1", "true or false"),
        ("vpcId", "default", "a VPC's id such as vpc-0123456789abcdef0"),
        ("dynamodbEndpoint", "skip", "create or reuse"),
        ("vpcCidr", "10.0.0.0/8", "a private network from /16 to /22"),
        ("vpcCidr", "8.8.0.0/16", "a private network from /16 to /22"),
        ("vpcCidr", "10.0.0.1/16", "has host bits set"),
        ("natGateways", "3", "between 0 and 2"),
        ("interfaceEndpoints", "ssm", "AWS services such as ssm"),
        ("domainName", "https://shop.example.com", "a host name such as shop.example.com"),
        ("hostedZoneId", "zone", "a Route 53 zone's id"),
        ("allowedCountries", '["France"]', "countries in two letters such as US"),
        ("wafRateLimit", "10", "between 100 and 2000000"),
        ("apiCacheGb", "1", "0.5, 1.6"),
        ("canaryPercent", "101", "between 0 and 100"),
        ("partners", '["ACME Inc."]', "names of small letters such as acme"),
        ("auditLogRetentionDays", "300", "365, 400"),
        ("cloudTrail", "yes", "create or reuse or skip"),
        ("migrateFrom", "Phase 1", "the name of a stack such as phase1"),
        ("migrateFromPhase", "phase2", "phase1 or enhanced"),
        ("accountsFrom", "Phase 1", "the name of a stack such as phase1"),
        ("migrateTo", "http://d111111abcdef8.cloudfront.net", "the target's URL such as https://"),
        ("migrateTo", "https://d111111abcdef8.cloudfront.net/", "the target's URL such as https://"),
    ],
)
def test_a_wrong_value_is_refused_with_its_key_and_what_is_allowed(key: str, value: str, said: str) -> None:
    with pytest.raises(SettingError) as refusal:
        parse(**{key: value})
    assert f"cloudshelf:{key}" in str(refusal.value)
    assert said in str(refusal.value)
    assert repr(value) in str(refusal.value)


@pytest.mark.parametrize(
    ("stack", "changes", "said"),
    [
        ("phase2", {"domainName": "shop.example.com"}, "hostedZoneId: is empty: domainName and hostedZoneId"),
        ("phase2", {"hostedZoneId": "Z0123456789"}, "domainName: is empty"),
        ("phase2", {"databaseBackupDays": "7"}, "databaseBackupDays: 7 is less than 14, phase2's least"),
        ("phase2", {"natGateways": "0"}, "interfaceEndpoints: lacks cognito-idp: without a NAT gateway"),
        ("phase2", {"databaseMostStorageGb": "20"}, "databaseMostStorageGb: 20 is not more than databaseStorageGb"),
        ("phase2", {"cartReplicaRegions": '["us-east-1"]'}, "cartReplicaRegions: has us-east-1, where the tables"),
        ("enhanced", {"sessionMostHours": "12"}, "sessionMostHours: 12 is less than sessionHours"),
        ("phase2", {"migrateFrom": "shop"}, "migrateFromPhase: is empty, and 'shop' does not say which phase"),
        ("phase2", {"migrateFrom": "phase2"}, "migrateFrom: phase2 is this stack itself"),
        ("phase2", {"accountsFrom": "phase2"}, "accountsFrom: phase2 is this stack itself"),
        ("enhanced", {"migrateFrom": "e2", "migrateFromPhase": "enhanced"}, "does not move from enhanced to enhanced"),
        ("phase1", {"migrateFrom": "enhanced"}, "migrateFrom: a shop does not move from enhanced to phase1"),
        ("phase1", {"accountsFrom": "enhanced"}, "accountsFrom: phase1 has its own accounts"),
        ("phase2", {"migrateTo": "prepare"}, "migrateTo: there is no phase after phase2"),
        ("phase2", {"migrateFrom": "phase1", "allowedCountries": '["US"]'}, "allowedCountries: shoppers come through"),
    ],
)
def test_settings_that_do_not_go_together_are_refused(stack: str, changes: dict[str, str], said: str) -> None:
    with pytest.raises(SettingError, match=re.escape(said)):
        parse(stack, **changes)


@pytest.mark.parametrize("stack", ["enhanced", "phase2"])
def test_a_region_whose_database_the_functions_could_not_verify_is_refused(stack: str) -> None:
    config = {**stack_config(stack, ROOT), "aws:region": "xx-nowhere-1"}
    said = r"rds_ca\.pem has no certificate authority of RDS in xx-nowhere-1.*make authorities"
    with pytest.raises(ValueError, match=said):
        Settings.parse(stack, config)
    for region in ("us-east-1", "eu-central-1", "ap-southeast-2"):
        Settings.parse(stack, {**config, "aws:region": region})
    Settings.parse("phase1", {**stack_config("phase1", ROOT), "aws:region": "xx-nowhere-1"})


def test_a_move_is_told_on_both_sides() -> None:
    source = parse("phase1", migrateTo="https://d111111abcdef8.cloudfront.net").migration
    assert (source.leaving, source.target_host) == (True, "d111111abcdef8.cloudfront.net")
    preparing = parse("phase1", migrateTo="prepare").migration
    assert (preparing.leaving, preparing.target_host) == (True, "")
    target = parse("phase2", migrateFrom="shop", migrateFromPhase="phase1").migration
    assert (target.source, target.source_phase, target.accounts_from) == ("shop", Phase.PHASE1, "shop")
    done = parse("phase2", accountsFrom="shop").migration
    assert (done.source, done.source_phase, done.accounts_from) == ("", None, "shop")


def test_a_missing_setting_is_named() -> None:
    with pytest.raises(SettingError, match="cloudshelf:taxRate: is not set"):
        parse(taxRate=None)


def test_a_misspelt_setting_is_refused_with_the_right_spelling() -> None:
    with pytest.raises(SettingError, match="alertEmial: is no setting; did you mean cloudshelf:alertEmail"):
        parse(alertEmial="ops@example.com")


def test_the_settings_the_pulumi_cli_hands_over_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_CONFIG", json.dumps(stack_config("phase1", ROOT)))
    assert Settings.load("phase1") == parse()


def test_a_misspelt_setting_is_refused_under_the_pulumi_cli_too(monkeypatch: pytest.MonkeyPatch) -> None:
    config = {**stack_config("phase1", ROOT), "cloudshelf:alertEmial": ""}
    monkeypatch.setenv("PULUMI_CONFIG", json.dumps(config))
    with pytest.raises(SettingError, match="alertEmial"):
        Settings.load("phase1")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "Pulumi.yaml").write_text((ROOT / "Pulumi.yaml").read_text())
    return tmp_path


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("cloudshelf:taxRate: 0.08", "cloudshelf:taxRate: 0.08 is not of type string"),
        ("cloudshelf:throttleRate: fast", "cloudshelf:throttleRate: fast is not of type integer"),
        ("cloudshelf:alertEmail: {secure: v1:abc}", "cloudshelf:alertEmail is encrypted"),
        ("cloudshelf:other: {secure: v1:abc}", "cloudshelf:other is encrypted"),
        ("cloudshelf:throttleRate: [", "Pulumi.phase1.yaml is not YAML"),
    ],
)
def test_a_stack_file_pulumi_would_refuse_is_refused(project: Path, line: str, said: str) -> None:
    given = yaml.safe_load((ROOT / "Pulumi.phase1.yaml").read_text())["config"]
    given.pop(line.partition(": ")[0], None)
    (project / "Pulumi.phase1.yaml").write_text(yaml.safe_dump({"config": given}) + f"  {line}\n")
    with pytest.raises(ConfigError, match=re.escape(said)):
        stack_config("phase1", project)


def test_a_setting_without_default_must_be_in_the_stack_file(project: Path) -> None:
    (project / "Pulumi.phase1.yaml").write_text("config:\n")
    with pytest.raises(ConfigError, match="stack phase1 is missing configuration value cloudshelf:protectData"):
        stack_config("phase1", project)


@pytest.mark.parametrize("name", ["Phase1", "1st", "a_b", "", "x" * 21])
def test_a_stack_name_that_aws_would_refuse_is_refused_first(name: str) -> None:
    with pytest.raises(ValueError, match="lower-case letters"):
        Settings.parse(name, {**stack_config("phase1", ROOT), "cloudshelf:phase": "phase1"})


def test_an_unknown_stack_is_answered_with_those_there_are() -> None:
    with pytest.raises(ConfigError, match="there is enhanced, phase1, phase2"):
        stack_config("phase9", ROOT)
