"""Checks of an AWS account."""

from collections.abc import Mapping
from typing import Any

import pytest

from cloudshelf.doctor.checks.names import LOOKS, names
from cloudshelf.doctor.checks.network import database, network, region
from cloudshelf.doctor.checks.quotas import account_plan, addresses, concurrency, delivery, networks
from cloudshelf.doctor.checks.singletons import analyzers, api_log_role, detectors, trails
from cloudshelf.doctor.context import Finding, Verdict
from tests.captured import STACKS, captured
from tests.doctor.conftest import REGION, Account, Examine, tags_of

TWO_NATS = {"natGateways": "2"}
CUSTOM_ORIGIN = {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"}
DYNAMODB = f"com.amazonaws.{REGION}.dynamodb"


def only(findings: list[Finding]) -> Finding:
    (found,) = findings
    return found


def verdicts(findings: list[Finding]) -> list[Verdict]:
    return [found.verdict for found in findings]


class TestRegion:
    def test_an_enabled_region_is_in_order(self, examined: Examine) -> None:
        assert only(examined(region)).verdict is Verdict.OK

    def test_a_region_that_is_not_enabled_can_be(self, examined: Examine) -> None:
        found = only(examined(region, **{"aws:region": "ap-east-1"}))
        assert (found.verdict, found.fix) == (Verdict.PROBLEM, "aws account enable-region --region-name ap-east-1")

    def test_a_region_nobody_knows_is_a_problem(self, examined: Examine) -> None:
        assert only(examined(region, **{"aws:region": "eu-nowhere-1"})).says == "AWS has no region eu-nowhere-1"

    def test_regions_of_copies_are_looked_at_too(self, examined: Examine) -> None:
        found = examined(region, "phase2", cartReplicaRegions='["ap-east-1"]')
        assert verdicts(found) == [Verdict.OK, Verdict.PROBLEM]


class TestNetwork:
    def test_only_enhanced_borrows_a_vpc(self, examined: Examine) -> None:
        assert examined(network, "phase1") == examined(network, "phase2") == []

    def test_a_default_vpc_with_zones_is_in_order(self, examined: Examine) -> None:
        assert verdicts(examined(network, "enhanced")) == [Verdict.OK, Verdict.OK]

    def test_without_a_default_vpc_the_fix_is_to_make_one(self, account: Account, examined: Examine) -> None:
        remove_default_vpc(account)
        found = only(examined(network, "enhanced"))
        assert (found.verdict, found.says) == (Verdict.PROBLEM, "us-east-1 has no default VPC")
        assert "aws ec2 create-default-vpc" in found.fix
        assert "cloudshelf:vpcId" in found.fix

    def test_fewer_than_two_zones_are_too_few(self, account: Account, examined: Examine) -> None:
        ec2 = account.client("ec2")
        for subnet in ec2.describe_subnets()["Subnets"][1:]:
            ec2.delete_subnet(SubnetId=subnet["SubnetId"])
        found = examined(network, "enhanced")[0]
        assert found.verdict is Verdict.PROBLEM
        assert "has subnets in 1 zones" in found.says

    def test_a_vpc_that_is_named_has_to_be_there(self, examined: Examine) -> None:
        found = only(examined(network, "enhanced", vpcId="vpc-0123456789abcdef0"))
        assert (found.verdict, found.says) == (Verdict.PROBLEM, "there is no VPC vpc-0123456789abcdef0")

    def test_a_vpc_that_is_named_is_looked_at_instead(self, account: Account, examined: Examine) -> None:
        ec2 = account.client("ec2")
        named = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
        for number, zone in enumerate("ab"):
            ec2.create_subnet(VpcId=named, CidrBlock=f"10.1.{number}.0/24", AvailabilityZone=f"{REGION}{zone}")
        zones = examined(network, "enhanced", vpcId=named)[0]
        assert zones.verdict is Verdict.OK
        assert f"{named} has subnets in 2 zones" in zones.says

    def test_an_endpoint_somebody_else_made_can_be_reused(self, account: Account, examined: Examine) -> None:
        make_endpoint(account, [])
        found = examined(network, "enhanced")[1]
        assert (found.verdict, found.fix) == (
            Verdict.PROBLEM,
            "pulumi config set cloudshelf:dynamodbEndpoint reuse -s enhanced",
        )
        assert verdicts(examined(network, "enhanced", dynamodbEndpoint="reuse")) == [Verdict.OK, Verdict.OK]

    def test_the_stacks_own_endpoint_is_in_order(self, account: Account, examined: Examine) -> None:
        make_endpoint(account, tags_of("enhanced"))
        assert verdicts(examined(network, "enhanced")) == [Verdict.OK, Verdict.OK]

    def test_an_endpoint_that_is_to_be_reused_has_to_be_there(self, examined: Examine) -> None:
        found = examined(network, "enhanced", dynamodbEndpoint="reuse")[1]
        assert (found.verdict, found.says.endswith("has no DynamoDB endpoint to reuse")) == (Verdict.PROBLEM, True)


def remove_default_vpc(account: Account) -> None:
    ec2 = account.client("ec2")
    for subnet in ec2.describe_subnets()["Subnets"]:
        ec2.delete_subnet(SubnetId=subnet["SubnetId"])
    for gateway in ec2.describe_internet_gateways()["InternetGateways"]:
        for attachment in gateway["Attachments"]:
            ec2.detach_internet_gateway(InternetGatewayId=gateway["InternetGatewayId"], VpcId=attachment["VpcId"])
    ec2.delete_vpc(VpcId=ec2.describe_vpcs()["Vpcs"][0]["VpcId"])


def make_endpoint(account: Account, tags: list[dict[str, str]]) -> None:
    ec2 = account.client("ec2")
    tagged = [{"ResourceType": "vpc-endpoint", "Tags": tags}] if tags else []
    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=DYNAMODB, VpcEndpointType="Gateway", TagSpecifications=tagged)


class TestDatabase:
    VERSIONS: Mapping[str, Any] = {"DBEngineVersions": [{"Engine": "postgres", "EngineVersion": "15.14"}]}

    def offered(self, account: Account, *options: tuple[str, bool]) -> None:
        account.answers["rds", "describe_db_engine_versions"] = self.VERSIONS
        account.answers["rds", "describe_orderable_db_instance_options"] = {
            "OrderableDBInstanceOptions": [{"StorageType": s, "MultiAZCapable": m} for s, m in options]
        }

    def test_phase1_has_none(self, examined: Examine) -> None:
        assert examined(database, "phase1") == []

    def test_what_is_on_offer_is_in_order(self, account: Account, examined: Examine) -> None:
        self.offered(account, ("gp3", True), ("gp2", False))
        found = only(examined(database, "enhanced"))
        assert (found.verdict, found.says) == (
            Verdict.OK,
            "postgres 15.14 on db.t3.micro with gp2 is on offer in us-east-1",
        )

    @pytest.mark.parametrize("options", [[], [("gp3", False)], [("gp2", True)]])
    def test_another_storage_or_one_zone_only_is_not_enough(
        self, account: Account, examined: Examine, options: list[tuple[str, bool]]
    ) -> None:
        self.offered(account, *options)
        found = only(examined(database, "phase2"))
        assert found.verdict is Verdict.PROBLEM
        assert found.says.endswith("does not offer postgres 15.14 on db.t4g.micro with gp3 in two zones")

    def test_an_engine_the_region_does_not_have_is_a_problem(self, account: Account, examined: Examine) -> None:
        account.answers["rds", "describe_db_engine_versions"] = {"DBEngineVersions": []}
        assert only(examined(database, "enhanced")).says == "RDS in us-east-1 has no postgres 15"


class TestQuotas:
    def limits(self, account: Account, most: int, free: int) -> None:
        limit = {"ConcurrentExecutions": most, "UnreservedConcurrentExecutions": free}
        account.answers["lambda", "get_account_settings"] = {"AccountLimit": limit}

    @pytest.mark.parametrize(
        ("most", "free", "reserved", "verdict"),
        [
            (1000, 1000, "0", Verdict.OK),
            (1000, 180, "20", Verdict.OK),
            (1000, 179, "20", Verdict.PROBLEM),
            (10, 10, "0", Verdict.WARNING),
            (400, 400, "0", Verdict.WARNING),
            (10, 10, "20", Verdict.PROBLEM),
        ],
    )
    def test_lambda_keeps_a_hundred_for_the_others(
        self, account: Account, examined: Examine, most: int, free: int, reserved: str, verdict: Verdict
    ) -> None:
        self.limits(account, most, free)
        # Four functions of enhanced's that use PostgreSQL answer requests.
        found = only(examined(concurrency, "enhanced", resources={"functionConcurrency": reserved}))
        assert found.verdict is verdict, found.says

    def test_a_setting_that_is_not_the_accounts_own_quota_is_said_with_the_command(
        self, account: Account, examined: Examine
    ) -> None:
        self.limits(account, 10, 10)
        found = only(examined(concurrency, "phase1"))
        assert found.fix.startswith("pulumi config set cloudshelf:accountConcurrency 10 -s phase1. ")
        told = only(examined(concurrency, "phase1", accountConcurrency="10"))
        assert "accountConcurrency" not in f"{told.says} {told.fix}"

    @pytest.mark.parametrize(
        ("kind", "stack", "days", "fix"),
        [
            ("FREE", "phase1", None, ""),
            ("FREE", "enhanced", None, "pulumi config set cloudshelf:databaseBackupDays 1 -s enhanced, or upgrade"),
            ("FREE", "enhanced", "1", ""),
            ("FREE", "phase2", None, "upgrade the plan: https://"),
            ("PAID", "phase2", None, ""),
        ],
    )
    def test_the_free_plan_keeps_backups_for_a_day(
        self, account: Account, examined: Examine, kind: str, stack: str, days: str | None, fix: str
    ) -> None:
        account.answers["freetier", "get_account_plan_state"] = {
            "accountId": "123456789012",
            "accountPlanType": kind,
            "accountPlanStatus": "ACTIVE",
        }
        found = only(examined(account_plan, stack, **({"databaseBackupDays": days} if days else {})))
        assert found.verdict is (Verdict.PROBLEM if fix else Verdict.OK), found.says
        assert found.fix.startswith(fix)

    def test_an_account_from_before_there_were_plans_has_none(self, account: Account, examined: Examine) -> None:
        account.refusals["freetier", "get_account_plan_state"] = "ResourceNotFoundException"
        assert only(examined(account_plan, "phase2")).verdict is Verdict.OK

    def test_an_accounts_first_distribution_may_have_to_be_asked_for(self, account: Account, examined: Examine) -> None:
        found = only(examined(delivery, "phase1"))
        assert found.verdict is Verdict.WARNING
        assert "Your account must be verified" in found.fix
        cloudfront = account.client("cloudfront")
        origin = {"Id": "site", "DomainName": "site.example.com", "CustomOriginConfig": CUSTOM_ORIGIN}
        behaviour = {"TargetOriginId": "site", "ViewerProtocolPolicy": "https-only"}
        cloudfront.create_distribution(
            DistributionConfig={
                "CallerReference": "1",
                "Origins": {"Quantity": 1, "Items": [origin]},
                "DefaultCacheBehavior": behaviour,
                "Comment": "",
                "Enabled": True,
            }
        )
        assert only(examined(delivery, "phase1")).verdict is Verdict.OK

    def test_vpcs_are_counted_against_the_quota(self, account: Account, examined: Examine) -> None:
        found = only(examined(networks, "phase2"))
        assert (found.verdict, found.says) == (Verdict.OK, "1 of 5 VPCs; the stack needs 1")
        for number in range(4):
            account.client("ec2").create_vpc(CidrBlock=f"10.{number}.0.0/16")
        assert only(examined(networks, "phase2")).verdict is Verdict.WARNING
        assert examined(networks, "enhanced") == []

    def test_addresses_are_counted_against_the_usual_quota_where_it_is_not_told(
        self, account: Account, examined: Examine
    ) -> None:
        found = only(examined(addresses, "phase2", resources=TWO_NATS))
        assert found.says == "0 of 5 Elastic IP addresses, if the quota is the usual one; the stack needs 2"
        for _ in range(4):
            account.client("ec2").allocate_address(Domain="vpc")
        assert only(examined(addresses, "phase2", resources=TWO_NATS)).verdict is Verdict.WARNING
        assert only(examined(addresses, "phase2")).verdict is Verdict.OK


class TestSingletons:
    def log_role(self, account: Account, tags: list[dict[str, str]]) -> None:
        role = account.client("iam").create_role(RoleName="gate-logs", AssumeRolePolicyDocument="{}", Tags=tags)
        patch = {"op": "replace", "path": "/cloudwatchRoleArn", "value": role["Role"]["Arn"]}
        account.client("apigateway").update_account(patchOperations=[patch])

    def test_a_log_role_that_is_not_there_can_be_set_but_not_reused(self, examined: Examine) -> None:
        assert only(examined(api_log_role)).verdict is Verdict.OK
        assert only(examined(api_log_role, apiGatewayLogRole="reuse")).verdict is Verdict.PROBLEM
        assert examined(api_log_role, apiGatewayLogRole="skip") == []

    def test_somebody_elses_log_role_would_be_replaced(self, account: Account, examined: Examine) -> None:
        self.log_role(account, [])
        found = only(examined(api_log_role))
        assert found.verdict is Verdict.WARNING
        assert found.fix == "pulumi config set cloudshelf:apiGatewayLogRole reuse -s phase1"
        assert only(examined(api_log_role, apiGatewayLogRole="reuse")).verdict is Verdict.OK

    def test_the_stacks_own_log_role_and_one_that_is_gone_are_in_order(
        self, account: Account, examined: Examine
    ) -> None:
        self.log_role(account, tags_of("phase1"))
        assert only(examined(api_log_role)).verdict is Verdict.OK
        account.client("iam").delete_role(RoleName="gate-logs")
        assert only(examined(api_log_role)).verdict is Verdict.OK

    def test_a_region_has_one_detector(self, account: Account, examined: Examine) -> None:
        assert only(examined(detectors, "phase2")).verdict is Verdict.OK
        assert only(examined(detectors, "phase2", guardDuty="reuse")).verdict is Verdict.PROBLEM
        account.client("guardduty").create_detector(Enable=True)
        found = only(examined(detectors, "phase2"))
        assert (found.verdict, found.fix) == (
            Verdict.PROBLEM,
            "pulumi config set cloudshelf:guardDuty reuse -s phase2",
        )
        assert only(examined(detectors, "phase2", guardDuty="reuse")).verdict is Verdict.OK
        assert examined(detectors, "phase2", guardDuty="skip") == examined(detectors, "phase1") == []

    def test_the_stacks_own_detector_is_in_order(self, account: Account, examined: Examine) -> None:
        tags = {tag["Key"]: tag["Value"] for tag in tags_of("phase2")}
        account.client("guardduty").create_detector(Enable=True, Tags=tags)
        assert only(examined(detectors, "phase2")).verdict is Verdict.OK

    def test_a_second_trail_costs_and_the_stacks_own_is_none(self, account: Account, examined: Examine) -> None:
        account.client("s3").create_bucket(Bucket="trail-logs")
        for name, verdict in (("cloudshelf-phase2", Verdict.OK), ("theirs", Verdict.WARNING)):
            account.client("cloudtrail").create_trail(Name=name, S3BucketName="trail-logs")
            assert only(examined(trails, "phase2")).verdict is verdict
        assert "$2 for 100,000" in only(examined(trails, "phase2")).says

    @pytest.mark.parametrize(("name", "verdict"), [("cloudshelf-phase2", Verdict.OK), ("theirs", Verdict.PROBLEM)])
    def test_a_region_has_one_analyzer(self, account: Account, examined: Examine, name: str, verdict: Verdict) -> None:
        arn = f"arn:aws:access-analyzer:{REGION}:111122223333:analyzer/{name}"
        found = {"arn": arn, "name": name, "type": "ACCOUNT", "createdAt": "2026-01-01", "status": "ACTIVE"}
        account.answers["accessanalyzer", "list_analyzers"] = {"analyzers": [found]}
        assert only(examined(analyzers, "phase2")).verdict is verdict


class TestNames:
    def table(self, account: Account, name: str, tags: list[dict[str, str]]) -> None:
        account.client("dynamodb").create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "a", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "a", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            Tags=tags,
        )

    def test_in_an_empty_account_every_name_is_free(self, examined: Examine) -> None:
        for stack in ("phase1", "enhanced", "phase2"):
            found = only(examined(names, stack))
            assert found.verdict is Verdict.OK, found.says

    def test_every_type_that_is_looked_up_is_in_some_stack_under_that_name(self) -> None:
        for token, look in LOOKS.items():
            found = [node for stack in STACKS for node in captured(stack).of(token).values()]
            assert any(look.named_by in node.inputs for node in found), token

    def test_somebody_elses_table_is_a_problem_and_the_stacks_own_is_none(
        self, account: Account, examined: Examine
    ) -> None:
        self.table(account, "cloudshelf-phase1-books", tags_of("phase1"))
        self.table(account, "cloudshelf-phase1-carts-too", [])
        assert only(examined(names)).verdict is Verdict.OK
        self.table(account, "cloudshelf-phase1-users", tags_of("enhanced"))
        found = only(examined(names))
        assert found.verdict is Verdict.PROBLEM
        assert "table/cloudshelf-phase1-users is there and is not this stack's" in found.says
        assert "pulumi import" in found.fix

    def test_a_log_group_a_function_left_behind_is_found(self, account: Account, examined: Examine) -> None:
        account.client("logs").create_log_group(logGroupName="/aws/lambda/cloudshelf-phase1-books-old")
        assert only(examined(names)).verdict is Verdict.OK
        account.client("logs").create_log_group(logGroupName="/aws/lambda/cloudshelf-phase1-books")
        assert "/aws/lambda/cloudshelf-phase1-books is there" in only(examined(names)).says

    def test_roles_are_told_apart_by_their_own_tags(self, account: Account, examined: Examine) -> None:
        iam = account.client("iam")
        iam.create_role(RoleName="cloudshelf-phase1-books", AssumeRolePolicyDocument="{}", Tags=tags_of("phase1"))
        assert only(examined(names)).verdict is Verdict.OK
        iam.create_role(RoleName="cloudshelf-phase1-carts", AssumeRolePolicyDocument="{}")
        assert "role/cloudshelf-phase1-carts is there" in only(examined(names)).says

    def test_databases_and_aliases_are_found(self, account: Account, examined: Examine) -> None:
        account.client("rds").create_db_instance(
            DBInstanceIdentifier="cloudshelf-phase2", DBInstanceClass="db.t3.micro", Engine="postgres"
        )
        key = account.client("kms").create_key()["KeyMetadata"]["KeyId"]
        alias = next(iter(captured("phase2").of("aws:kms/alias:Alias").values())).inputs["name"]
        account.client("kms").create_alias(AliasName=alias, TargetKeyId=key)
        found = examined(names, "phase2")
        assert verdicts(found) == [Verdict.PROBLEM] * 2
        assert {each.says.split(":")[2] for each in found} == {"kms", "rds"}

    def test_a_parameter_is_found_without_reading_it(self, account: Account, examined: Examine) -> None:
        name = "/cloudshelf-phase2/database/shelfmaster"
        account.refusals["ssm", "get_parameter"] = "AccessDeniedException"
        account.client("ssm").put_parameter(Name=name, Value="x", Type="SecureString")
        assert f"parameter{name} is there" in only(examined(names, "phase2")).says
        account.client("ssm").add_tags_to_resource(ResourceType="Parameter", ResourceId=name, Tags=tags_of("phase2"))
        assert only(examined(names, "phase2")).verdict is Verdict.OK

    def test_what_may_not_be_asked_is_unknown(self, account: Account, examined: Examine) -> None:
        account.refusals["dynamodb", "describe_table"] = "AccessDeniedException"
        found = examined(names)
        assert verdicts(found) == [Verdict.UNKNOWN] * 4 + [Verdict.OK]
        assert "AccessDeniedException" in found[0].says
