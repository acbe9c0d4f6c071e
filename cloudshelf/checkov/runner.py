"""Runs checkov, which lives in an environment of its own: its pins and ours do not go together."""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class CheckovError(Exception):
    """checkov did not finish; the text says why and what to do."""


@dataclass(frozen=True, order=True)
class Result:
    """`plan` is the name the plan was given, `resource` a Terraform address."""

    plan: str
    resource: str
    check: str
    title: str


@dataclass(frozen=True, kw_only=True)
class Results:
    passed: frozenset[Result]
    failed: frozenset[Result]


def run(checkov: Path, plans: Mapping[str, dict[str, Any]], folder: Path) -> Results:
    """checkov's verdicts on plans, by name. Nothing is downloaded."""
    if not checkov.exists():
        raise CheckovError(f"there is no checkov at {checkov}: run make checkov")
    command = [
        str(checkov),
        "--framework",
        "terraform_plan",
        "--skip-download",
        "--compact",
        "--soft-fail",
        "-o",
        "json",
    ]
    for name, plan in plans.items():
        path = folder / f"{name}.json"
        path.write_text(json.dumps(plan))
        command += ["-f", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CheckovError(f"checkov ended with {done.returncode}: {done.stderr.strip()[-500:]}")
    return _parsed(done.stdout, plans)


def _parsed(output: str, plans: Mapping[str, dict[str, Any]]) -> Results:
    try:
        answer = json.loads(output)
        found = answer["results"]
    except (ValueError, KeyError, TypeError) as error:
        raise CheckovError(f"checkov answered no results: {output[:200]!r}") from error
    if unread := answer["summary"]["parsing_errors"]:
        raise CheckovError(f"checkov could not read {unread} of {len(plans)} plans")
    return Results(passed=_listed(found["passed_checks"]), failed=_listed(found["failed_checks"]))


def _listed(checks: list[dict[str, Any]]) -> frozenset[Result]:
    return frozenset(
        Result(Path(each["file_path"]).stem, each["resource"], each["check_id"], each["check_name"]) for each in checks
    )
