"""The functions in this process, over the stack's own tables in moto and a database with its schema.

Each test over `lambdas` runs with both stores; how to say otherwise is in stores.py.
"""

from collections.abc import Iterator

import pytest

from cloudshelf.graph import capture, program, stack_config
from cloudshelf.local.aws import AwsEmulator
from cloudshelf.local.resources import dynamodb
from cloudshelf.local.world import World
from components.cart_store import CartStore, CartStoreArgs, Layout
from tests.functions.lambdas import Lambdas
from tests.functions.stores import STORES, DynamoStore, PostgresStore, Store, use
from tests.infra.provider import ROOT, Provider

TABLE = "aws:dynamodb/table:Table"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "store" in metafunc.fixturenames:
        marker = metafunc.definition.get_closest_marker("stores")
        metafunc.parametrize("store", marker.args if marker else STORES, indirect=True)


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AwsEmulator]:
    """moto with the tables of both stores."""
    folder = tmp_path_factory.mktemp("functions")
    phase1 = capture(program(ROOT), mocks=Provider(), stack="phase1", config=stack_config("phase1", ROOT))
    carts = capture(_carts_of_phase2, mocks=Provider(), stack="phase2")
    with AwsEmulator() as aws, pytest.MonkeyPatch.context() as patch:
        world = World(aws=aws, port=0, apis_port=0, folder=folder, runtime_root=folder)
        for name, node in {**phase1.of(TABLE), **{f"phase2-{n}": node for n, node in carts.of(TABLE).items()}}.items():
            dynamodb.table(world, name, node.inputs | {"name": f"functions-{node.inputs['name']}"})
        for name, value in aws.environment().items():
            patch.setenv(name, value)
        yield aws


def _carts_of_phase2() -> None:
    args = CartStoreArgs(
        prefix="cloudshelf-phase2", layout=Layout.ITEMS, carts_expire=True, sessions=True, protect=False
    )
    CartStore("carts", args)


@pytest.fixture
def store(request: pytest.FixtureRequest, emulator: AwsEmulator, monkeypatch: pytest.MonkeyPatch) -> Store:
    client = emulator.client("dynamodb")
    made: Store
    if request.param == "postgres":
        made = PostgresStore(client, request.getfixturevalue("shop"))
    else:
        made = DynamoStore(client)
    use(made, monkeypatch)
    return made


@pytest.fixture
def lambdas(store: Store) -> Lambdas:
    return Lambdas(store)
