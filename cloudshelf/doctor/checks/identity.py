"""Whether there are credentials, and whose."""

from collections.abc import Iterator

from cloudshelf.aws_account import NO_ANSWER, told
from cloudshelf.doctor.finding import Finding, ok, problem, warning
from cloudshelf.doctor.inquiry import Inquiry

FIX = "sign in: `aws sso login`, `aws configure`, or set AWS_PROFILE"


def identity(inquiry: Inquiry) -> Iterator[Finding]:
    try:
        caller = inquiry.account.client("sts").get_caller_identity()
    except NO_ANSWER as error:
        yield problem("credentials", f"AWS does not know who you are: {told(error)}", FIX)
        return
    who = f"{caller['Arn']} in account {caller['Account']}"
    if str(caller["Arn"]).endswith(":root"):
        yield warning("credentials", f"you are {who}, which nothing restrains", "use a role or user of the account")
    else:
        yield ok("credentials", f"you are {who}")
