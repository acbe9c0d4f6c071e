"""The tools on this machine, and who they act as."""

import importlib.util
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata

from cloudshelf.aws_account import NO_ANSWER, told
from cloudshelf.doctor.context import Finding, Inquiry, ok, problem, unknown, warning

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


OLDEST, NEWEST = (3, 11), (3, 13)
PATIENCE_S = 30


def python(_: Inquiry) -> Iterator[Finding]:
    here = sys.version.split()[0]
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        yield problem("python", f"Python {here} is not supported", "use Python 3.11, 3.12 or 3.13")
    elif importlib.util.find_spec("pip") is None:
        yield problem("python", f"Python {here} has no pip, which fetches the functions' libraries", "make install")
    else:
        yield ok("python", f"Python {here} with pip")


def pulumi_cli(_: Inquiry) -> Iterator[Finding]:
    """Its major version has to be the SDK's; an older minor one lacks what the SDK may ask for."""
    path = shutil.which("pulumi")
    if path is None:
        yield problem(
            "pulumi", "there is no Pulumi CLI on the PATH", "install it: https://www.pulumi.com/docs/install/"
        )
        return
    try:
        done = subprocess.run([path, "version"], capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        yield unknown("pulumi", f"`pulumi version` does not answer: {error}")
        return
    cli, sdk = _version(done.stdout), _version(metadata.version("pulumi"))
    if cli is None or sdk is None:
        yield unknown("pulumi", f"`pulumi version` says {done.stdout.strip()!r}")
    elif cli[0] != sdk[0] or cli < sdk:
        says = f"Pulumi CLI {_dotted(cli)} is older than the program's SDK {_dotted(sdk)}"
        yield warning("pulumi", says, "upgrade it: https://www.pulumi.com/docs/install/")
    else:
        yield ok("pulumi", f"Pulumi CLI {_dotted(cli)}")


def _version(text: str) -> tuple[int, int] | None:
    found = re.match(r"v?(\d+)\.(\d+)", text.strip())
    return (int(found[1]), int(found[2])) if found else None


def _dotted(version: tuple[int, int]) -> str:
    return ".".join(map(str, version))
