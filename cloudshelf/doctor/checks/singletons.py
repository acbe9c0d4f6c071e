"""What an account has once in a region: whether it is there already."""

from collections.abc import Iterator

from botocore.exceptions import ClientError

from cloudshelf.aws_account import is_missing
from cloudshelf.doctor.context import Finding, Inquiry, configure, ok, problem, warning
from settings import Phase, Singleton

CREATE, REUSE = Singleton.CREATE, Singleton.REUSE


def api_log_role(inquiry: Inquiry) -> Iterator[Finding]:
    """Setting another one takes the logs of other APIs to other hands, but breaks none."""
    choice = inquiry.settings.api_gateway_log_role
    if choice is Singleton.SKIP:
        return
    check, key = "API Gateway log role", "apiGatewayLogRole"
    role = inquiry.account.client("apigateway").get_account().get("cloudwatchRoleArn", "")
    if choice is CREATE and role and _is_anothers(inquiry, role):
        yield warning(check, f"{role} would be replaced", configure(key, "reuse", inquiry.stack.name))
    elif choice is REUSE and not role:
        yield problem(check, "there is none to reuse", configure(key, "create", inquiry.stack.name))
    else:
        yield ok(check, role or "there is none yet; the stack sets it")


def _is_anothers(inquiry: Inquiry, role: str) -> bool:
    """A role that was deleted is nobody's."""
    try:
        found = inquiry.account.client("iam").get_role(RoleName=role.rpartition("/")[2])["Role"]
    except ClientError as error:
        if not is_missing(error):
            raise
        return False
    return not inquiry.owns({tag["Key"]: tag["Value"] for tag in found.get("Tags", [])})


def trails(inquiry: Inquiry) -> Iterator[Finding]:
    name = f"cloudshelf-{inquiry.stack.name}"
    found = inquiry.account.client("cloudtrail").describe_trails()["trailList"] if _phase2(inquiry) else []
    others = [each["Name"] for each in found if each["Name"] != name]
    yield from _singleton(
        inquiry,
        check="trail",
        key="cloudTrail",
        choice=inquiry.settings.audit.cloud_trail,
        there=others,
        clash="a second copy of management events costs $2 for 100,000",
        fatal=False,
    )


def detectors(inquiry: Inquiry) -> Iterator[Finding]:
    guard_duty = inquiry.account.client("guardduty")
    found = guard_duty.list_detectors()["DetectorIds"] if _phase2(inquiry) else []
    others = [each for each in found if not inquiry.owns(guard_duty.get_detector(DetectorId=each).get("Tags", {}))]
    yield from _singleton(
        inquiry,
        check="GuardDuty",
        key="guardDuty",
        choice=inquiry.settings.audit.guard_duty,
        there=others,
        clash="a region has one detector",
        fatal=True,
    )


def analyzers(inquiry: Inquiry) -> Iterator[Finding]:
    asked = inquiry.account.client("accessanalyzer").list_analyzers(type="ACCOUNT") if _phase2(inquiry) else {}
    name = f"cloudshelf-{inquiry.stack.name}"
    others = [each["name"] for each in asked.get("analyzers", []) if each["name"] != name]
    yield from _singleton(
        inquiry,
        check="access analyzer",
        key="accessAnalyzer",
        choice=inquiry.settings.audit.access_analyzer,
        there=others,
        clash="a region has one analyzer of the account",
        fatal=True,
    )


def _singleton(
    inquiry: Inquiry, *, check: str, key: str, choice: Singleton, there: list[str], clash: str, fatal: bool
) -> Iterator[Finding]:
    if not _phase2(inquiry) or choice is Singleton.SKIP:
        return
    stack = inquiry.stack.name
    if choice is CREATE and there:
        says = f"{there[0]} is there already: {clash}"
        yield (problem if fatal else warning)(check, says, configure(key, "reuse", stack))
    elif choice is REUSE and not there:
        yield problem(check, "there is none to reuse", configure(key, "create", stack))
    else:
        yield ok(check, f"{there[0]} is reused" if choice is REUSE else "there is none yet; the stack makes it")


def _phase2(inquiry: Inquiry) -> bool:
    return inquiry.settings.phase is Phase.PHASE2
