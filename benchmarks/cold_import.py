"""Cold import of each function's artefact, beside what every DynamoDB function must do anyway: make a boto3 client."""

import os
import statistics
import subprocess
import sys

from cloudshelf.local.lambdas.function import unpack
from components import artifact, contract
from components.vendor import vendor

ROUNDS = 7
REFERENCE = "import boto3; boto3.client('dynamodb', region_name='us-east-1')"
TIMED = "import time; started = time.perf_counter(); {}; print(time.perf_counter() - started)"


def run() -> None:
    """Prints a table: median milliseconds of fresh processes, and the ratio of medians to the reference's."""
    artifact.target.set(artifact.HOST)
    runtime = str(vendor((artifact.FUNCTIONS / "requirements-runtime.txt",), artifact.HOST))
    roots = {package: str(unpack(artifact.build(package))) for package in contract.services()}
    statements = {package: f"import {package}.handler" for package in roots} | {"boto3 client": REFERENCE}
    seconds: dict[str, list[float]] = {name: [] for name in statements}
    for _ in range(ROUNDS):
        for name, statement in statements.items():
            seconds[name].append(_fresh(statement, [roots.get(name, runtime), runtime]))
    reference = statistics.median(seconds["boto3 client"])
    print(f"Cold import, median of {ROUNDS} fresh processes, Python {sys.version.split()[0]}")
    for name, measured in seconds.items():
        median = statistics.median(measured)
        print(f"  {name:<14} {median * 1000:7.1f} ms   {median / reference:5.2f} of the reference")


def _fresh(statement: str, path: list[str]) -> float:
    environment = {"PYTHONPATH": os.pathsep.join(path), "PATH": os.defpath, "POWERTOOLS_SERVICE_NAME": "bench"}
    command = [sys.executable, "-S", "-c", TIMED.format(statement)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return float(done.stdout)


if __name__ == "__main__":
    run()
