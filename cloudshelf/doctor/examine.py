"""All checks, one after the other."""

from collections.abc import Iterator

from cloudshelf.aws_account import NO_ANSWER, told
from cloudshelf.doctor.checks import HERE, IN_THE_ACCOUNT, identity
from cloudshelf.doctor.context import Check, Finding, Inquiry, Verdict, unknown


def examine(inquiry: Inquiry) -> Iterator[Finding]:
    """As they are found. A check that gets no answer says so, and the others go on."""
    for check in HERE:
        yield from check(inquiry)
    signed_in = True
    for found in identity(inquiry):
        signed_in = signed_in and found.verdict is not Verdict.PROBLEM
        yield found
    if not signed_in:
        yield unknown("account", "nothing in the account was looked at")
        return
    for check in IN_THE_ACCOUNT:
        yield from _answered(check, inquiry)


def _answered(check: Check, inquiry: Inquiry) -> Iterator[Finding]:
    try:
        yield from check(inquiry)
    except NO_ANSWER as error:
        name = check.__name__.replace("_", " ")
        yield unknown(name, f"AWS gave no answer: {told(error)}", "check that you may ask, and look yourself")
