"""RDS: a real PostgreSQL for an instance; logins as RDS takes them at the instance, its replica and its proxy."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cloudshelf.local.databases import Database, prepare
from cloudshelf.local.network.vpc import Instance, Listener, Vpc
from cloudshelf.local.postgres.login import Attempt, Denied
from cloudshelf.local.postgres.rds_login import ACTION, RdsLogin
from cloudshelf.local.postgres.wire import INVALID_AUTHORIZATION
from cloudshelf.local.resources.registry import REGISTRY, Fidelity, Inputs, Made

if TYPE_CHECKING:
    from cloudshelf.local.world import World

PORT = 5432
ENGINE = "postgres"
INSTANCE_NOTE = (
    "PostgreSQL 15, or 18 from the Python package where 15 is not installed; TLS, tokens of IAM and the master "
    "password checked; no standby, no backups, data gone when it stops; a replica is the same data, read only"
)
PROXY_NOTE = "logins checked as by a proxy, then a connection of one's own: no pool"
SETTINGS_NOTE = "PostgreSQL's own settings are the server's; those of RDS tell what the local login does anyway"
NOT_SUPPORTED = "0A000"
# What common drivers send and RDS Proxy is known to take. It refuses others, as statement_timeout:
# https://github.com/n8n-io/n8n/issues/25705, https://github.com/psycopg/psycopg2/issues/1577
PROXY_PARAMETERS = {
    "user",
    "database",
    "application_name",
    "client_encoding",
    "DateStyle",
    "TimeZone",
    "timezone",
    "extra_float_digits",
}
READ_ONLY = {"options": "-c default_transaction_read_only=on"}


@REGISTRY.make(Fidelity.REAL, "aws:rds/instance:Instance", INSTANCE_NOTE)
def instance(world: "World", name: str, inputs: Inputs) -> Made:
    identifier = str(inputs.get("identifier", name))
    source = inputs.get("replicateSourceDb")
    password = str(inputs.get("password") or secrets.token_urlsafe(24))
    database = _of(world, str(source)) if source else _start(world, identifier, password, inputs)
    host = f"{identifier}.{secrets.token_hex(6)}.{world.region}.rds.amazonaws.com"
    login = _login(world, database, host, database.resource_id, direct=True)
    listener = _listen(world, database, host, inputs["vpcSecurityGroupIds"], login, READ_ONLY if source else None)
    world.aws.instances[identifier] = Instance(
        listener=listener, resource_id=database.resource_id, ca_file=world.databases.authority.ca_file
    )
    return identifier, {
        "identifier": identifier,
        "address": host,
        "endpoint": f"{host}:{PORT}",
        "port": PORT,
        "arn": _arn(world, identifier),
        "resourceId": database.resource_id,
        "masterUserSecrets": _kept(world, database) if inputs.get("manageMasterUserPassword") else [],
        "engineVersionActual": database.server.version,
    }


# What the local cloud reads when it starts a database, and AWS changes in a running one.
READ_AT_START = (
    "dbSubnetGroupName", "engineVersion", "iamDatabaseAuthenticationEnabled", "identifier", "manageMasterUserPassword",
    "password", "port", "publiclyAccessible", "replicateSourceDb",
)  # fmt: skip


@REGISTRY.change("aws:rds/instance:Instance", fixed=READ_AT_START)
def change_instance(world: "World", identity: str, old: Inputs, new: Inputs) -> dict[str, Any]:
    found = world.aws.instances[identity]
    groups = frozenset(new["vpcSecurityGroupIds"])
    if groups != found.listener.groups:
        listener = replace(found.listener, groups=groups)
        world.vpc.add(lambda vpc: vpc.replace(found.listener, listener))
        world.aws.instances[identity] = replace(found, listener=listener)
    if (group := str(new.get("parameterGroupName"))) != str(old.get("parameterGroupName")):
        world.databases.use(identity, group)
    return {}


@REGISTRY.remove("aws:rds/instance:Instance")
def remove_instance(world: "World", identity: str, inputs: Inputs) -> None:
    if inputs.get("deletionProtection"):
        raise ValueError(f"{identity}: the database cannot be deleted while its deletion protection is enabled")
    gone = world.aws.instances.pop(identity)
    _stop_listening(world, gone.listener.host)
    if not inputs.get("replicateSourceDb"):
        world.databases.drop(identity)
        if inputs.get("manageMasterUserPassword"):
            world.aws.client("secretsmanager").delete_secret(
                SecretId=_secret_name(gone.resource_id), ForceDeleteWithoutRecovery=True
            )


def _stop_listening(world: "World", host: str) -> None:
    world.databases.close_endpoint(host)

    def close(vpc: Vpc) -> None:
        vpc.listeners[:] = [listener for listener in vpc.listeners if listener.host != host]

    world.vpc.add(close)


def _start(world: "World", identifier: str, password: str, inputs: Inputs) -> Database:
    if inputs["engine"] != ENGINE:
        raise ValueError(f"{identifier}: the local cloud runs {ENGINE}, not {inputs['engine']}")
    server = world.databases.start_server(identifier, str(inputs.get("parameterGroupName")))
    prepare(server, inputs["username"], inputs["dbName"])
    database = Database(
        identifier=identifier,
        arn=_arn(world, identifier),
        resource_id=f"db-{secrets.token_hex(13).upper()}",
        master=inputs["username"],
        password=password,
        tokens=bool(inputs.get("iamDatabaseAuthenticationEnabled")),
        server=server,
    )
    world.databases.instances[identifier] = database
    return database


def _of(world: "World", identifier: str) -> Database:
    """The instance of an identifier or ARN."""
    return world.databases.instances[identifier.rpartition(":")[2]]


def _arn(world: "World", identifier: str) -> str:
    return world.arn("rds", f"db:{identifier}")


def _kept(world: "World", database: Database) -> list[dict[str, str]]:
    """The master user's secret, as RDS keeps it in Secrets Manager."""
    kept = json.dumps({"username": database.master, "password": database.password})
    name = _secret_name(database.resource_id)
    made = world.aws.client("secretsmanager").create_secret(Name=name, SecretString=kept)
    return [{"secretArn": made["ARN"], "secretStatus": "active"}]


def _secret_name(resource_id: str) -> str:
    return f"rds!{resource_id}"


def _login(world: "World", database: Database, host: str, resource_id: str, *, direct: bool) -> RdsLogin:
    log = world.log_file("database-logins").open("a", buffering=1)
    world.closing.callback(log.close)
    return RdsLogin(
        host=host,
        port=PORT,
        region=world.region,
        users_arn=world.arn("rds-db", f"dbuser:{resource_id}"),
        iam=world.iam,
        takes_tokens=database.takes_tokens,
        log=lambda line: print(line, file=log),
        master=database.master if direct else None,
        password=database.password if direct else None,
    )


def _listen(
    world: "World",
    database: Database,
    host: str,
    groups: list[str],
    login: "RdsLogin | _ProxyLogin",
    fixed: Mapping[str, str] | None = None,
) -> Listener:
    endpoint = world.databases.listen(database, host, login, fixed)
    listener = Listener(
        what=f"the database at {host}", host=host, port=PORT, groups=frozenset(groups), local_port=endpoint.port
    )
    world.vpc.add(lambda vpc: vpc.listeners.append(listener))
    return listener


@REGISTRY.make(Fidelity.REAL, "aws:rds/proxy:Proxy", PROXY_NOTE)
def proxy(world: "World", name: str, inputs: Inputs) -> Made:
    proxy_name, proxy_id = str(inputs.get("name", name)), f"prx-{secrets.token_hex(8)}"
    if inputs.get("defaultAuthScheme") != "IAM_AUTH":
        raise ValueError(f"{proxy_name}: the local proxy logs in with IAM at both ends, so with defaultAuthScheme")
    host = f"{proxy_name}.proxy-{secrets.token_hex(6)}.{world.region}.rds.amazonaws.com"
    made = {"id": proxy_id, "host": host, "role": str(inputs["roleArn"]).rpartition("/")[2]}
    world.databases.proxies[proxy_name] = {**made, "groups": list(inputs.get("vpcSecurityGroupIds", []))}
    arn = world.arn("rds", f"db-proxy:{proxy_id}")
    return proxy_name, {"name": proxy_name, "arn": arn, "endpoint": host}


@REGISTRY.change(
    "aws:rds/proxy:Proxy", fixed=("auths", "defaultAuthScheme", "name", "requireTls", "roleArn", "vpcSecurityGroupIds")
)
def change_proxy(world: "World", identity: str, old: Inputs, new: Inputs) -> dict[str, Any]:
    """Its time-outs and its log."""
    return {}


@REGISTRY.remove("aws:rds/proxy:Proxy")
def remove_proxy(world: "World", identity: str, inputs: Inputs) -> None:
    del world.databases.proxies[identity]


@REGISTRY.make(Fidelity.REAL, "aws:rds/proxyTarget:ProxyTarget", PROXY_NOTE)
def proxy_target(world: "World", name: str, inputs: Inputs) -> Made:
    declared = world.databases.proxies[inputs["dbProxyName"]]
    database = _of(world, inputs["dbInstanceIdentifier"])
    client = _login(world, database, declared["host"], declared["id"], direct=False)
    login = _ProxyLogin(client, world, declared["role"], database)
    _listen(world, database, declared["host"], declared["groups"], login)
    return f"{inputs['dbProxyName']}/{inputs.get('targetGroupName')}/{database.identifier}", {}


@REGISTRY.remove("aws:rds/proxyTarget:ProxyTarget")
def remove_proxy_target(world: "World", identity: str, inputs: Inputs) -> None:
    _stop_listening(world, world.databases.proxies[inputs["dbProxyName"]]["host"])


class _ProxyLogin:
    """A client's login at the proxy, and the proxy's own at the database, with the proxy's role."""

    def __init__(self, client: RdsLogin, world: "World", role: str, database: Database) -> None:
        self._client, self._world, self._role, self._database = client, world, role, database

    def __call__(self, attempt: Attempt) -> Denied | None:
        for parameter in sorted(attempt.parameters.keys() - PROXY_PARAMETERS):
            what = "command-line options" if parameter == "options" else f"the option {parameter}"
            return Denied(NOT_SUPPORTED, f"Feature not supported: RDS Proxy currently doesn't support {what}.")
        if (denied := self._client(attempt)) is not None:
            return denied
        user_arn = self._world.arn("rds-db", f"dbuser:{self._database.resource_id}/{attempt.user}")
        if self._world.iam.allows(self._role, ACTION, user_arn):
            return None
        self._client.log(f"the proxy's role {self._role} has no {ACTION} on {user_arn}")
        return Denied(INVALID_AUTHORIZATION, f'This RDS proxy has no credentials for the role "{attempt.user}"')


@REGISTRY.make(Fidelity.REAL, "aws:rds/parameterGroup:ParameterGroup", SETTINGS_NOTE)
def parameter_group(world: "World", name: str, inputs: Inputs) -> Made:
    physical = inputs.get("name") or f"{inputs.get('namePrefix', name)}{secrets.token_hex(4)}"
    world.databases.parameter_groups[physical] = _parameters(inputs)
    return physical, {"name": physical, "arn": world.arn("rds", f"pg:{physical}")}


def _parameters(inputs: Inputs) -> dict[str, str]:
    return {p["name"]: str(p["value"]) for p in inputs.get("parameters", [])}


@REGISTRY.change("aws:rds/parameterGroup:ParameterGroup")
def change_parameter_group(world: "World", identity: str, old: Inputs, new: Inputs) -> dict[str, Any]:
    """Databases that use it are restarted: on AWS some parameters need that, others do not."""
    if _parameters(old) != _parameters(new):
        world.databases.parameter_groups[identity] = _parameters(new)
        for name in [name for name, group in world.databases.used_groups.items() if group == identity]:
            world.databases.use(name, identity)
    return {}


@REGISTRY.remove("aws:rds/parameterGroup:ParameterGroup")
def remove_parameter_group(world: "World", identity: str, inputs: Inputs) -> None:
    del world.databases.parameter_groups[identity]


@REGISTRY.make(Fidelity.REAL, "aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup", PROXY_NOTE)
def proxy_target_group(world: "World", name: str, inputs: Inputs) -> Made:
    return f"{inputs['dbProxyName']}/default", {"name": "default"}


REGISTRY.keeps_nothing("aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup")
REGISTRY.no_effect("nothing fails over here, and nobody is told", "aws:rds/eventSubscription:EventSubscription")
REGISTRY.no_effect("one server, in no subnet", "aws:rds/subnetGroup:SubnetGroup")
