"""What the local cloud has made so far: where the makers of resources put things and the servers find them."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cloudshelf.local.aws import AwsEmulator
from cloudshelf.local.databases import Databases
from cloudshelf.local.edge.distribution import ViewerRequest
from cloudshelf.local.functions import Functions
from cloudshelf.local.gateway.api import RestApi
from cloudshelf.local.gateway.gateway import Gateway
from cloudshelf.local.gateway.keys import ApiKeys
from cloudshelf.local.gateway.messages import Request, Response
from cloudshelf.local.iam import Iam
from cloudshelf.local.key_sets import KeySets
from cloudshelf.local.lambdas.schedule import Clock
from cloudshelf.local.metrics.filters import MetricFilter
from cloudshelf.local.metrics.store import Metrics
from cloudshelf.local.network.vpc import Vpc
from cloudshelf.local.postgres.certificate import Authority


@dataclass(kw_only=True)
class World:
    """`folder` holds this run's logs, databases and unpacked artefacts.

    `port` is the shop's, `apis_port` that of AWS's APIs as functions find them. `durable` databases survive a crash.
    `event_sources` are event source mappings as declared, `clocks` those of schedules; `key_value_stores` and
    `edge_functions` are CloudFront's, by ARN. `metric_filters` are those of log groups, by their names.
    `neighbours` are the distributions open on this machine, by host name.
    """

    aws: AwsEmulator
    port: int
    apis_port: int
    folder: Path
    runtime_root: Path
    durable: bool = False
    vpc: Vpc = field(default_factory=Vpc)
    functions: Functions = field(default_factory=Functions)
    databases: Databases = field(init=False)
    rest_apis: dict[str, RestApi] = field(default_factory=dict)
    api_keys: ApiKeys = field(default_factory=ApiKeys)
    bucket_policies: dict[str, str] = field(default_factory=dict)
    header_policies: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    user_pool_clients: dict[str, set[str]] = field(default_factory=dict)
    distributions: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    parameter_keys: dict[str, str] = field(default_factory=dict)
    event_sources: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    clocks: dict[str, Clock] = field(default_factory=dict)
    key_value_stores: dict[str, dict[str, str]] = field(default_factory=dict)
    edge_functions: dict[str, ViewerRequest] = field(default_factory=dict)
    neighbours: dict[str, Callable[[Request], Response]] = field(default_factory=dict)
    metrics: Metrics = field(default_factory=Metrics)
    metric_filters: dict[str, list[MetricFilter]] = field(default_factory=dict)
    gateways: list[Gateway] = field(default_factory=list)
    key_sets: KeySets = field(init=False)
    closing: ExitStack = field(default_factory=ExitStack)

    def __post_init__(self) -> None:
        self.key_sets = KeySets(self.aws.endpoint)
        self.databases = Databases(self.folder, Authority(self.folder / "tls"), durable=self.durable)
        self.closing.callback(self.databases.close)

    @property
    def iam(self) -> Iam:
        return self.aws.iam

    @property
    def region(self) -> str:
        return self.aws.region

    @property
    def account_id(self) -> str:
        return self.aws.account_id

    def arn(self, service: str, rest: str, *, region: str | None = None) -> str:
        return f"arn:aws:{service}:{self.region if region is None else region}:{self.account_id}:{rest}"

    def knows_user(self, name: str) -> bool:
        """Whether any of the stack's user pools has this user."""
        cognito = self.aws.client("cognito-idp")
        for pool in self.user_pool_clients:
            try:
                cognito.admin_get_user(UserPoolId=pool, Username=name)
            except cognito.exceptions.UserNotFoundException:
                continue
            return True
        return False

    def close(self) -> None:
        self.functions.close()
        self.closing.close()

    def log_file(self, name: str) -> Path:
        folder = self.folder / "logs"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{name}.log"
