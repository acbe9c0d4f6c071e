"""Cold start of each function's artefact, beside what every DynamoDB function must do anyway: make a boto3 client."""

import os
import subprocess
import sys
from pathlib import Path

from benchmarks.measuring import Samples, Side, interleaved
from benchmarks.results import Figure, Findings, at_most, beside
from cloudshelf.local.lambdas.function import unpack
from components import artifact, contract
from components.vendor import vendor

REFERENCE, REFERENCE_CODE = "boto3 client", "import boto3; boto3.client('dynamodb', region_name='us-east-1')"
# Processor time: what else runs on the machine is not to be in it.
TIMED = "import time; started = time.process_time(); {}; print(time.process_time() - started)"
SDK = "print(sum(name.partition('.')[0] == 'boto3' for name in sys.modules))"
LOADED = f"import sys, {{}}.handler; {SDK}"
# Signing needs the time, the credentials of the environment and nothing else.
TOKEN = f"""import sys, datetime; from shared import rds_token
rds_token.token('host', 5432, 'books', 'us-east-1', rds_token.own_credentials(), datetime.datetime.now(datetime.UTC))
{SDK}"""
MB = 1024 * 1024
ON_POSTGRES = {"DATABASE_HOST": "host", "DATABASE_PORT": "5432", "DATABASE_NAME": "shop", "DATABASE_USER": "books"}
KEYS = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "us-east-1"}
AUTHORIZER = "authorizer"
REASONS = {
    AUTHORIZER: (
        "15 MB of it are `cryptography`, whose OpenSSL verifies the signatures of tokens. Verifying RSA without a "
        "library would be small, and is nothing a shop should write itself."
    )
}
POSTGRES_SERVICES = ("admin", "books", "orders", "users")


def run(*, quick: bool) -> Findings:
    token = artifact.target.set(artifact.HOST)
    try:
        runtime = vendor((artifact.FUNCTIONS / "requirements-runtime.txt",), artifact.HOST)
        roots = {package: unpack(artifact.build(package)) for package in sorted([*contract.services(), AUTHORIZER])}
    finally:
        artifact.target.reset(token)
    sides: dict[str, Side] = {REFERENCE: _importing(REFERENCE_CODE, [runtime])}
    for package, root in roots.items():
        sides[package] = _importing(f"import {package}.handler", [root, runtime])
    samples = interleaved(sides, 5 if quick else 15)
    slowest = max(roots, key=lambda package: samples.ratio(package, REFERENCE).median)
    return Findings([*(_figure(samples, package, slowest) for package in roots), *_counts(roots, runtime)])


def _figure(samples: Samples, package: str, slowest: str) -> Figure:
    ratio = samples.ratio(package, REFERENCE)
    return beside(
        ratio,
        name=f"import of `{package}`{', the slowest' if package == slowest else ''}",
        target=at_most(1.5),
        measured=f"{samples.median(package) * 1000:.0f} ms",
        reference=f"`boto3.client('dynamodb')`: {samples.median(REFERENCE) * 1000:.0f} ms",
    )


def _counts(roots: dict[str, Path], runtime: Path) -> list[Figure]:
    paths = {package: [root, runtime] for package, root in roots.items()}
    loaded = {package: int(_said(LOADED.format(package), paths[package])) for package in POSTGRES_SERVICES}
    sizes = {package: _size(root) / MB for package, root in roots.items()}
    largest = max(sizes.keys() - {AUTHORIZER}, key=lambda package: sizes[package])
    return [
        Figure(
            name="modules of boto3 that PostgreSQL functions import",
            value=sum(loaded.values()),
            unit="",
            target=at_most(0),
            measured=", ".join(loaded),
        ),
        Figure(
            name="modules of boto3 that signing an RDS token imports",
            value=int(_said(TOKEN, paths["books"])),
            unit="",
            target=at_most(0),
        ),
        *(
            Figure(
                name=f"artefact of `{package}`{', the largest of the API' * (package == largest)}, without the SDK",
                value=sizes[package],
                unit=" MB",
                target=at_most(6),
                reason=REASONS.get(package, ""),
            )
            for package in (largest, AUTHORIZER)
        ),
    ]


def _importing(statement: str, path: list[Path]) -> Side:
    return lambda: float(_said(TIMED.format(statement), path))


def _said(code: str, path: list[Path]) -> str:
    """What a fresh process prints that finds nothing but the artefact and Lambda's runtime."""
    environment = {
        "PYTHONPATH": os.pathsep.join(map(str, path)),
        "PATH": os.defpath,
        "POWERTOOLS_SERVICE_NAME": "bench",
        **ON_POSTGRES,
        **KEYS,
    }
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout


def _size(root: Path) -> int:
    return sum(path.stat().st_size for path in root.rglob("*") if path.is_file() and path.suffix != ".pyc")
