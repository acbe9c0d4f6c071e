"""The database's tables and roles: a function that applies schema/postgres, run when a file there changes."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pulumi
import pulumi_aws as aws

from components.database.database import Database
from components.service_function import ServiceFunction

FILES = Path(__file__).resolve().parent.parent.parent / "schema" / "postgres"


@dataclass(frozen=True, kw_only=True)
class SchemaArgs:
    """`after` must be there first: the ways from the function to the database, and what it calls.

    `function` is called with `credential`, which says where it finds the master user's name and password.
    """

    database: Database
    after: Sequence[pulumi.Resource]
    function: ServiceFunction
    credential: Mapping[str, pulumi.Input[str]]


class Schema(pulumi.ComponentResource):
    """Made once the database has its tables: what uses them depends on it."""

    def __init__(self, name: str, args: SchemaArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudshelf:database:Schema", name, None, opts)
        files = digest()
        aws.lambda_.Invocation(
            f"{name}-applied",
            function_name=args.function.function_name,
            input=pulumi.Output.json_dumps({**args.credential, "digest": files}),
            triggers={"files": files, "database": args.database.instance.resource_id},
            opts=pulumi.ResourceOptions(parent=self, depends_on=[args.database, *args.after, args.function]),
        )
        self.register_outputs({})


def digest() -> str:
    """The same for the same files, whatever the machine."""
    files = sorted(FILES.glob("*.sql"))
    if not files:
        raise FileNotFoundError(f"{FILES}: there is no schema to apply")
    total = hashlib.sha256()
    for path in files:
        total.update(f"{path.name}\0".encode() + path.read_bytes())
    return total.hexdigest()
