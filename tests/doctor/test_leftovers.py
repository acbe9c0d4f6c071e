"""`cloudshelf leftovers`."""

import json
from decimal import Decimal
from typing import Any

import botocore.session
import pytest
from botocore import xform_name
from click.testing import CliRunner, Result

from cloudshelf.chosen_stack import choose
from cloudshelf.cli import main
from cloudshelf.cost.prices import PriceList
from cloudshelf.leftovers.search import BILLS, REMOVALS, Tagged, removal, search
from tests.captured import captured
from tests.doctor.conftest import REGION, Account, tags_of

HOURS = 730


def run(account: Account, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["leftovers", *arguments, "--endpoint-url", account.emulator.endpoint])


def answer(account: Account, stack: str) -> dict[str, Any]:
    result = run(account, stack, "--json")
    assert result.exit_code in (0, 3), result.output
    found: dict[str, Any] = json.loads(result.stdout, parse_float=Decimal)
    return found


def make_database(account: Account, tags: list[dict[str, str]], **more: Any) -> None:
    account.client("rds").create_db_instance(
        DBInstanceIdentifier="cloudshelf-phase1",
        DBInstanceClass="db.t3.micro",
        Engine="postgres",
        AllocatedStorage=20,
        StorageType="gp2",
        MasterUsername="x",
        MasterUserPassword="not-a-secret",
        Tags=tags,
        **more,
    )


def usd(found: dict[str, Any]) -> dict[str, Any]:
    """By the last part of the ARN."""
    return {each["arn"].split(":", 5)[5]: each["usd"] for each in found["resources"]}


def test_in_an_empty_account_nothing_is_left(account: Account) -> None:
    result = run(account, "phase2")
    assert (result.exit_code, result.stdout) == (0, "Nothing with phase2's tags is left in us-east-1.\n")


def test_what_is_left_is_listed_with_its_cost_and_the_command_that_removes_it(account: Account) -> None:
    make_database(account, tags_of("phase1"))
    make_table(account, "cloudshelf-phase1-books", tags_of("phase1"))
    result = run(account, "phase1")
    assert result.exit_code == 3
    assert result.stdout.startswith("2 with phase1's tags in us-east-1, $15.44 a month:")
    assert "   15.44  arn:aws:rds:" in result.stdout
    assert "aws dynamodb delete-table --table-name cloudshelf-phase1-books --region us-east-1" in result.stdout


def make_table(account: Account, name: str, tags: list[dict[str, str]]) -> None:
    account.client("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "a", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "a", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        Tags=tags,
    )


def test_another_stacks_things_and_untagged_ones_are_not_listed(account: Account) -> None:
    make_table(account, "cloudshelf-enhanced-carts", tags_of("enhanced"))
    make_table(account, "somebody-elses", [])
    assert answer(account, "phase1")["resources"] == []
    assert len(answer(account, "enhanced")["resources"]) == 1


def test_a_standby_costs_twice(account: Account) -> None:
    make_database(account, tags_of("phase1"), MultiAZ=True)
    assert answer(account, "phase1")["total_usd"] == 2 * Decimal("15.44")


def test_a_stopped_database_costs_its_storage_only(account: Account) -> None:
    make_database(account, tags_of("phase1"))
    account.client("rds").stop_db_instance(DBInstanceIdentifier="cloudshelf-phase1")
    assert answer(account, "phase1")["total_usd"] == Decimal("2.3")


def test_a_class_without_a_price_is_listed_without_one(account: Account) -> None:
    account.client("rds").create_db_instance(
        DBInstanceIdentifier="big", DBInstanceClass="db.x9.huge", Engine="postgres", Tags=tags_of("phase1")
    )
    (found,) = answer(account, "phase1")["resources"]
    assert (found["usd"], "db.x9.huge" in found["note"]) == (None, True)


def test_a_key_on_its_way_out_costs_nothing_and_says_when_it_goes(account: Account) -> None:
    kms = account.client("kms")
    tags = [{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in tags_of("phase2")]
    keys = [kms.create_key(Tags=tags)["KeyMetadata"]["KeyId"] for _ in range(2)]
    kms.schedule_key_deletion(KeyId=keys[0], PendingWindowInDays=7)
    found = answer(account, "phase2")
    assert found["total_usd"] == 1
    assert any(each["note"].startswith("goes by itself on 20") for each in found["resources"])


def test_a_secret_on_its_way_out_costs_nothing(account: Account) -> None:
    for name in ("kept", "going"):
        account.client("secretsmanager").create_secret(Name=name, SecretString="x", Tags=tags_of("enhanced"))
    account.client("secretsmanager").delete_secret(SecretId="going")
    assert answer(account, "enhanced")["total_usd"] == Decimal("0.4")


def test_dashboards_are_found_by_the_names_the_program_gives(account: Account) -> None:
    cloudwatch = account.client("cloudwatch")
    names = [
        node.inputs["dashboardName"] for node in captured("phase2").of("aws:cloudwatch/dashboard:Dashboard").values()
    ]
    for name in (*names[:2], "cloudshelf-phase2-mine", "somebody-elses"):
        cloudwatch.put_dashboard(DashboardName=name, DashboardBody='{"widgets": []}')
    found = answer(account, "phase2")
    assert found["total_usd"] == 6
    assert {each["arn"].rpartition("/")[2] for each in found["resources"]} == set(names[:2])


def test_backups_rds_keeps_of_a_deleted_database_are_found(account: Account) -> None:
    arn = f"arn:aws:rds:{REGION}:111122223333:auto-backup:ab-1"
    kept = {
        "DBInstanceIdentifier": "cloudshelf-enhanced",
        "DBInstanceAutomatedBackupsArn": arn,
        "Status": "retained",
        "AllocatedStorage": 20,
    }
    account.answers["rds", "describe_db_instance_automated_backups"] = {"DBInstanceAutomatedBackups": [kept]}
    (found,) = search(account, choose("enhanced"), PriceList.load())
    assert (found.found.arn, found.bill.usd) == (arn, Decimal("1.9"))
    assert found.remove.startswith("aws rds delete-db-instance-automated-backup ")
    account.answers["rds", "describe_db_instance_automated_backups"] = {
        "DBInstanceAutomatedBackups": [{**kept, "Status": "active"}]
    }
    assert list(search(account, choose("enhanced"), PriceList.load())) == []


def test_what_stands_in_a_network_costs_its_hours(account: Account) -> None:
    ec2 = account.client("ec2")
    subnets = [subnet["SubnetId"] for subnet in ec2.describe_subnets()["Subnets"][:2]]
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = ec2.create_nat_gateway(SubnetId=subnets[0], AllocationId=address)["NatGateway"]["NatGatewayId"]
    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    kinds = {
        kind: ec2.create_vpc_endpoint(
            VpcId=vpc, ServiceName=f"com.amazonaws.{REGION}.{service}", VpcEndpointType=kind, **more
        )["VpcEndpoint"]["VpcEndpointId"]
        for kind, service, more in (("Interface", "ssm", {"SubnetIds": subnets}), ("Gateway", "dynamodb", {}))
    }
    assert billed(account, "ec2", f"elastic-ip/{address}") == Decimal("0.005") * HOURS
    assert billed(account, "ec2", f"natgateway/{nat}") == Decimal("0.045") * HOURS
    assert billed(account, "ec2", f"vpc-endpoint/{kinds['Interface']}") == Decimal("0.01") * HOURS * 2
    assert billed(account, "ec2", f"vpc-endpoint/{kinds['Gateway']}") == 0
    ec2.delete_nat_gateway(NatGatewayId=nat)
    assert billed(account, "ec2", f"natgateway/{nat}") == 0


def billed(account: Account, service: str, rest: str) -> Decimal | None:
    found = Tagged(arn=f"arn:aws:{service}:{REGION}:111122223333:{rest}", region=REGION)
    return BILLS[found.service, found.kind](found, account.client, PriceList.load()).usd


def test_a_firewall_costs_its_rules_too(account: Account) -> None:
    visible = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": "m"}
    rule = {
        "Name": "r",
        "Priority": 0,
        "Statement": {"GeoMatchStatement": {"CountryCodes": ["DE"]}},
        "Action": {"Block": {}},
        "VisibilityConfig": visible,
    }
    made = account.client("wafv2").create_web_acl(
        Name="acl", Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=visible, Rules=[rule]
    )
    assert billed(account, "wafv2", made["Summary"]["ARN"].split(":", 5)[5]) == 6


def test_a_snapshot_costs_at_most_its_storage(account: Account) -> None:
    make_database(account, [])
    account.client("rds").create_db_snapshot(
        DBInstanceIdentifier="cloudshelf-phase1", DBSnapshotIdentifier="last", Tags=tags_of("phase1")
    )
    assert usd(answer(account, "phase1")) == {"snapshot:last": Decimal("1.9")}


def test_what_the_tagging_api_still_names_but_is_gone_is_left_out(account: Account) -> None:
    arn = f"arn:aws:dynamodb:{REGION}:111122223333:table/gone"
    account.answers["resourcegroupstaggingapi", "get_resources"] = {
        "ResourceTagMappingList": [{"ResourceARN": arn, "Tags": tags_of("phase1")}]
    }
    assert list(search(account, choose("phase1"), PriceList.load())) == []


@pytest.mark.usefixtures("credentials")
def test_an_account_that_cannot_be_asked_is_one_line() -> None:
    result = CliRunner().invoke(main, ["leftovers", "phase1", "--endpoint-url", "http://127.0.0.1:9"])
    assert result.exit_code == 1
    assert "the account could not be asked" in result.stderr


@pytest.mark.parametrize("kind", REMOVALS, ids="-".join)
def test_every_command_is_one_aws_has(kind: tuple[str, str]) -> None:
    """By the AWS SDK's own models: the service, the operation, its options."""
    service, name = kind
    found = Tagged(arn=f"arn:aws:{service}:{REGION}:111122223333:{f'{name}/' if name else ''}x", region=REGION)
    aws, command_service, operation, *options = removal(found).split()
    assert aws == "aws"
    model = botocore.session.get_session().get_service_model(command_service)
    operations = {xform_name(each, "-"): each for each in model.operation_names}
    assert operation in operations
    members = {xform_name(each, "-") for each in model.operation_model(operations[operation]).input_shape.members}
    given = {option.removeprefix("--") for option in options if option.startswith("--")} - {"region"}
    assert given <= members, given - members
