"""What the local cloud has made so far: where the makers of resources put things and the servers find them."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cloudshelf.local.aws import AwsEmulator
from cloudshelf.local.gateway.api import RestApi
from cloudshelf.local.gateway.gateway import Permission
from cloudshelf.local.lambdas.function import Function


@dataclass(kw_only=True)
class Functions:
    """The deployed functions by name, and who may invoke them."""

    deployed: dict[str, Function] = field(default_factory=dict)
    permissions: list[Permission] = field(default_factory=list)

    def invoke(self, name: str, event: bytes) -> bytes:
        return self.deployed[name].invoke(event)

    def permitted(self, name: str, source_arn: str) -> bool:
        return name in self.deployed and any(
            p.allows(name, "apigateway.amazonaws.com", source_arn) for p in self.permissions
        )

    def close(self) -> None:
        for function in self.deployed.values():
            function.close()


@dataclass(kw_only=True)
class World:
    """`folder` holds this run's logs and unpacked artefacts; `port` is the shop's."""

    aws: AwsEmulator
    port: int
    folder: Path
    runtime_root: Path
    functions: Functions = field(default_factory=Functions)
    rest_apis: dict[str, RestApi] = field(default_factory=dict)
    bucket_policies: dict[str, str] = field(default_factory=dict)
    header_policies: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    user_pool_clients: dict[str, set[str]] = field(default_factory=dict)
    distributions: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    closing: ExitStack = field(default_factory=ExitStack)

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
