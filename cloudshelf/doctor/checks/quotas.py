"""Whether the account may have as much as the stack asks for."""

from collections.abc import Iterator

from botocore.exceptions import ClientError

from cloudshelf.aws_account import is_missing
from cloudshelf.doctor.context import Finding, Inquiry, configure, ok, problem, warning
from settings import Phase

CLOUDFRONT_REGION, DATABASE = "us-east-1", "aws:rds/instance:Instance"
FUNCTION, VPC, ADDRESS = "aws:lambda/function:Function", "aws:ec2/vpc:Vpc", "aws:ec2/eip:Eip"
# Lambda keeps so many for functions that reserve none: https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
UNRESERVED = 100
NEW_ACCOUNT = 10
# Codes of https://docs.aws.amazon.com/servicequotas; what AWS gives every account where the quota cannot be asked for.
VPCS = ("vpc", "L-F678F1CE", 5)
ADDRESSES = ("ec2", "L-0263D0A3", 5)
FREE_BACKUP_DAYS = 1
ASK = "ask for more: https://console.aws.amazon.com/servicequotas"


def concurrency(inquiry: Inquiry) -> Iterator[Finding]:
    """Copies of functions that may run at once."""
    check = "lambda quota"
    wanted = sum(_reserved(node.inputs) for node in inquiry.stack.graph.of(FUNCTION).values())
    limits = inquiry.account.client("lambda").get_account_settings()["AccountLimit"]
    most, free = limits["ConcurrentExecutions"], limits["UnreservedConcurrentExecutions"]
    if wanted and free - wanted < UNRESERVED:
        says = (
            f"the stack reserves {wanted} concurrent executions; {free} of {most} are free, and {UNRESERVED} must stay"
        )
        yield problem(check, says, f"{configure('functionConcurrency', '0', inquiry.stack.name)}, or {ASK}")
    elif most != (told := inquiry.settings.account_concurrency):
        says = f"all functions of the account together run {most} times at once, and accountConcurrency says {told}"
        fix = configure("accountConcurrency", str(most), inquiry.stack.name)
        yield warning(check, says, f"{fix}. {most} is few, as in new accounts: {ASK}" if most <= NEW_ACCOUNT else fix)
    elif most <= NEW_ACCOUNT:
        yield warning(check, f"all functions of the account together run {most} times at once, as in new accounts", ASK)
    else:
        yield ok(check, f"{most} concurrent executions, {free} not reserved")


def account_plan(inquiry: Inquiry) -> Iterator[Finding]:
    """An account since July 2025 may be on AWS's free plan, which keeps backups of a database for a day."""
    check, days = "account plan", inquiry.settings.database.backup_days
    try:
        state = inquiry.account.client("freetier", CLOUDFRONT_REGION).get_account_plan_state()
    except ClientError as error:
        if not is_missing(error):
            raise
        state = {"accountPlanType": "PAID"}  # an account from before there were plans
    if state["accountPlanType"] != "FREE":
        yield ok(check, "the account pays for what it uses")
        return
    upgrade = "upgrade the plan: https://console.aws.amazon.com/billing/home#/freetier"
    if not inquiry.has(DATABASE) or days <= FREE_BACKUP_DAYS:
        yield ok(check, "the account is on the free plan, which has all that the stack needs")
    elif inquiry.settings.phase is not Phase.PHASE2:
        fix = configure("databaseBackupDays", str(FREE_BACKUP_DAYS), inquiry.stack.name)
        yield problem(check, f"the free plan keeps a database's backups for a day, not {days}", f"{fix}, or {upgrade}")
    else:
        yield problem(check, f"the free plan keeps a database's backups for a day, and phase2 needs {days}", upgrade)


def delivery(inquiry: Inquiry) -> Iterator[Finding]:
    """CloudFront refuses an account's first distribution until AWS has verified the account, which it does not tell."""
    check = "CloudFront"
    if inquiry.account.client("cloudfront").list_distributions(MaxItems="1")["DistributionList"].get("Items"):
        yield ok(check, "the account has a distribution already")
        return
    says = "the account has no distribution: AWS may want to verify a new account before its first"
    fix = (
        "if pulumi up says 'Your account must be verified', open a case for it: https://console.aws.amazon.com/support"
    )
    yield warning(check, says, f"{fix}. `pulumi up` goes on where it stopped")


def _reserved(function: dict[str, object]) -> int:
    given = function.get("reservedConcurrentExecutions", 0)
    return max(0, int(given)) if isinstance(given, (int, float)) else 0


def networks(inquiry: Inquiry) -> Iterator[Finding]:
    if inquiry.has(VPC):
        have = inquiry.account.client("ec2").describe_vpcs()["Vpcs"]
        yield _room(inquiry, "VPC quota", "VPCs", len(have), len(inquiry.stack.graph.of(VPC)), VPCS)


def addresses(inquiry: Inquiry) -> Iterator[Finding]:
    """Each NAT gateway has one."""
    if inquiry.has(ADDRESS):
        have = inquiry.account.client("ec2").describe_addresses()["Addresses"]
        wanted = len(inquiry.stack.graph.of(ADDRESS))
        yield _room(inquiry, "address quota", "Elastic IP addresses", len(have), wanted, ADDRESSES)


def _room(inquiry: Inquiry, check: str, what: str, have: int, wanted: int, quota: tuple[str, str, int]) -> Finding:
    most, known = _limit(inquiry, *quota)
    says = f"{have} of {most} {what}{'' if known else ', if the quota is the usual one'}; the stack needs {wanted}"
    if have + wanted <= most:
        return ok(check, says)
    fix = f"{ASK}. If the stack is deployed already, its own are among them and nothing is to be done"
    return warning(check, says, fix)


def _limit(inquiry: Inquiry, service: str, code: str, usual: int) -> tuple[int, bool]:
    """The quota, and whether it was told."""
    quotas = inquiry.account.client("service-quotas")
    try:
        return int(quotas.get_service_quota(ServiceCode=service, QuotaCode=code)["Quota"]["Value"]), True
    except ClientError as error:
        if not is_missing(error):
            raise
        return usual, False
