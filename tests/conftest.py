"""What tests of several folders share: the PostgreSQL server and a database of it."""

from tests.postgres.servers import empty, server, shop

__all__ = ["empty", "server", "shop"]
