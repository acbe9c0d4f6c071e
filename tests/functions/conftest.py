"""The functions in this process, over the stack's own tables in moto."""

import atexit
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cloudshelf.graph import capture, program, stack_config
from cloudshelf.local.aws import AwsEmulator
from cloudshelf.local.resources import dynamodb
from cloudshelf.local.world import World
from components import contract
from tests.functions.lambdas import Lambdas
from tests.infra.provider import ROOT, Provider

TABLE = "aws:dynamodb/table:Table"
TABLES = ("books", "carts", "users", "orders")

# A handler reads the contract when it is imported, and tests import handlers.
CONTRACT = Path(tempfile.mkdtemp(prefix="contract-")) / "contract.json"
CONTRACT.write_text(json.dumps(contract.load()))
atexit.register(shutil.rmtree, CONTRACT.parent)
os.environ["CONTRACT_PATH"] = str(CONTRACT)


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AwsEmulator]:
    """moto with the tables phase1 declares."""
    folder = tmp_path_factory.mktemp("functions")
    graph = capture(program(ROOT), mocks=Provider(), stack="phase1", config=stack_config("phase1", ROOT))
    with AwsEmulator() as aws, pytest.MonkeyPatch.context() as patch:
        world = World(aws=aws, port=0, folder=folder, runtime_root=folder)
        for name, node in graph.of(TABLE).items():
            dynamodb.table(world, name, node.inputs | {"name": f"functions-{node.inputs['name']}"})
        for name, value in {**aws.environment(), **_variables()}.items():
            patch.setenv(name, value)
        yield aws


def _variables() -> dict[str, str]:
    tables = {f"{name.upper()}_TABLE_NAME": f"functions-cloudshelf-phase1-{name}" for name in TABLES}
    return {
        **tables,
        "TAX_RATE": "0.08",
        "SHIPPING_FEE": "5.99",
        "CURRENCY": "USD",
        "CART_TTL_DAYS": "30",
        "PHASE": "phase1",
        "POWERTOOLS_SERVICE_NAME": "test",
    }


@pytest.fixture
def lambdas(emulator: AwsEmulator) -> Lambdas:
    return Lambdas(emulator)


@pytest.fixture(autouse=True)
def _fresh_caches(emulator: AwsEmulator) -> None:  # noqa: ARG001 - the environment must be set first
    from books import handler

    books: Any = handler.books()
    books._counts._kept = books._sales._kept = None
