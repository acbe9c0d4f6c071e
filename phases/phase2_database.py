"""Phase 2's database: in two zones, with a proxy and a read replica by setting."""

from dataclasses import dataclass, replace

from components.database.access import DatabaseAccess
from components.database.credential import Credential, CredentialArgs
from components.database.database import Database
from components.database.proxy import DatabaseProxy, DatabaseProxyArgs
from components.database.replica import ReadReplica, ReadReplicaArgs
from components.database.schema import Schema, SchemaArgs
from components.network.network import Network
from components.security.keys import Keys
from phases.functions import Functions
from phases.relational import database_args, schema_function
from settings import Settings

STORAGE_TYPE = "gp3"
USERS = ("admin", "authorizer", "books", "carts", "orders", "users")


@dataclass(frozen=True, kw_only=True)
class Databases:
    """`access` is what functions use: the proxy where there is one. `replica` None is none."""

    database: Database
    schema: Schema
    access: DatabaseAccess
    replica: ReadReplica | None


def databases(settings: Settings, prefix: str, network: Network, keys: Keys, functions: Functions) -> Databases:
    credential = Credential("credential", CredentialArgs(prefix=prefix, keys=keys))
    group = network.security_group("rds", "PostgreSQL")
    database = Database(
        "database",
        replace(
            database_args(
                settings, functions.account, prefix, network.database_subnet_ids, group, storage_type=STORAGE_TYPE
            ),
            multi_az=settings.database.multi_az,
            password=credential.password,
            key_arn=keys.data,
            log_key_arn=keys.logs,
            watched=True,
        ),
    )
    schema = _apply_schema(functions, network, database, credential)
    replica = None
    if settings.database.read_replica:
        args = ReadReplicaArgs(
            database=database,
            instance_class=settings.database.instance_class,
            key_arn=keys.data,
            protect=settings.protect_data,
        )
        replica = ReadReplica("replica", args)
    access = _proxy(prefix, network, database) if settings.database.proxy else database
    return Databases(database=database, schema=schema, access=access, replica=replica)


def _proxy(prefix: str, network: Network, database: Database) -> DatabaseProxy:
    return DatabaseProxy(
        "proxy",
        DatabaseProxyArgs(
            proxy_name=prefix,
            database=database,
            subnet_ids=network.database_subnet_ids,
            security_group=network.security_group("proxy", "RDS Proxy"),
            users=USERS,
        ),
    )


def _apply_schema(functions: Functions, network: Network, database: Database, credential: Credential) -> Schema:
    placement = network.place("schema", "The function that applies the schema")
    database.admit(placement.security_group)
    network.reach_service(placement.security_group, "ssm")
    function = schema_function(functions, database, placement, credential.read())
    named = {"credential_parameter": credential.parameter_name}
    return Schema("schema-files", SchemaArgs(database=database, after=[network], function=function, credential=named))
