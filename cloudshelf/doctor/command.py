"""`cloudshelf doctor`: whether a stack can be deployed."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict

import click

from cloudshelf.aws_account import AwsAccount
from cloudshelf.chosen_stack import choose, settings_option, stack_argument
from cloudshelf.doctor.context import Finding, Inquiry, Verdict
from cloudshelf.doctor.examine import examine
from cloudshelf.terminal import say

PROBLEMS = 3
HELP = """Look at this machine and at your AWS account before `pulumi up -s STACK`.

STACK is a stack file's name, phase1 if not given. Nothing is changed anywhere: the command reads. Credentials are
found as the AWS CLI finds them. Every finding that is not in order comes with what to do.

Looked at: Python and the Pulumi CLI; credentials; the region; the VPC that enhanced borrows; PostgreSQL's version and
server class on offer; quotas; what an account has once (log role, trail, detector, analyzer); names in use.

\b
Examples:
  cloudshelf doctor enhanced
  cloudshelf doctor phase2 --config natGateways=2 --json

\b
Exit codes:
  0    nothing stops a deployment, though there may be warnings
  1    the stack itself is wrong
  2    wrong options
  3    something would stop it
"""
MARKS = {Verdict.OK: "ok  ", Verdict.WARNING: "warn", Verdict.PROBLEM: "FAIL", Verdict.UNKNOWN: "?   "}


@click.command("doctor", help=HELP)
@stack_argument
@click.option("--endpoint-url", metavar="URL", help="Ask this in place of AWS, as a local emulator.")
@click.option("--json", "json_output", is_flag=True, help="Print JSON.")
@settings_option
def doctor(*, stack: str, endpoint_url: str | None, json_output: bool, given: Mapping[str, str]) -> None:
    chosen = choose(stack, given)
    inquiry = Inquiry(stack=chosen, account=AwsAccount(chosen.region, endpoint_url))
    found = _told(examine(inquiry), quiet=json_output)
    counts = Counter(each.verdict for each in found)
    if json_output:
        findings = [asdict(each) for each in found]
        say(json.dumps({"stack": stack, "counts": _by_verdict(counts), "findings": findings}, indent=2))
    else:
        say(", ".join(f"{number} {verdict}" for verdict, number in _by_verdict(counts).items()))
    if counts[Verdict.PROBLEM]:
        raise SystemExit(PROBLEMS)


def _told(findings: Iterator[Finding], *, quiet: bool) -> list[Finding]:
    """Says each as it is found: asking takes its time."""
    found = []
    for finding in findings:
        found.append(finding)
        if not quiet:
            say(f"{MARKS[finding.verdict]}  {finding.check}: {finding.says}")
            if finding.fix:
                say(f"      {finding.fix}")
    return found


def _by_verdict(counts: Counter[Verdict]) -> dict[str, int]:
    return {verdict.value: counts[verdict] for verdict in Verdict}
