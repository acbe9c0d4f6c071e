"""A table to write marks into, by a database that is reached over a relay."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from shared.postgres import Database
from shared.postgres_session import Session

from tests.postgres.relay import Relay
from tests.postgres.servers import MASTER, Shop


@pytest.fixture
def relay(shop: Shop) -> Iterator[Relay]:
    with Relay((shop.server.host, shop.server.port)) as made:
        yield made


@pytest.fixture
def database(shop: Shop, relay: Relay) -> Iterator[Database]:
    """The master's, over the relay; a table `marks` is there."""
    made = Database(replace(shop.login(MASTER), port=relay.port))
    made.run("CREATE TABLE marks (name text PRIMARY KEY, number integer NOT NULL CHECK (number < 100))")
    yield made
    made.close()
    shop.database().run("DROP TABLE marks")


def marks(shop: Shop) -> list[str]:
    return [name for (name,) in shop.database().run("SELECT name FROM marks ORDER BY name")]


def mark(name: str) -> Callable[[Session], Any]:
    return lambda session: session.run("INSERT INTO marks VALUES (:name, 1) ON CONFLICT DO NOTHING", name=name)


def failing_once(fault: Callable[[Session], Any], work: Callable[[Session], Any]) -> Callable[[Session], Any]:
    """Does its work and then, the first time, what goes wrong."""
    tries: list[int] = []

    def run(session: Session) -> Any:
        tries.append(1)
        done = work(session)
        if len(tries) == 1:
            fault(session)
        return done

    return run
