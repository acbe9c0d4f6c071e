"""What a picture of a stack shows."""

from dataclasses import dataclass, field
from enum import StrEnum


class Place(StrEnum):
    """Where something is."""

    EDGE = "at the edge"
    REGION = "in the region"
    PRIVATE = "private"
    DATABASE = "database"
    PUBLIC = "public"


@dataclass(frozen=True, kw_only=True)
class Part:
    """Something that is drawn. `key` is unique in a picture, `details` are a line each."""

    key: str
    kind: str
    name: str
    place: Place
    details: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, order=True)
class Way:
    """Who reaches whom, by keys. `port` is empty where no network of the stack is between them."""

    caller: str
    callee: str
    port: str = ""
    what: str = ""


@dataclass(frozen=True, kw_only=True)
class Subnet:
    zone: str
    cidr: str


@dataclass(frozen=True, kw_only=True)
class Vpc:
    """`tiers` are the stack's own subnets by what they are for; none in a VPC it only uses."""

    name: str
    cidr: str
    zones: int
    tiers: dict[Place, tuple[Subnet, ...]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Topology:
    """A stack. `called` are the functions the API calls, `authorizer` the one that checks tokens; None is Cognito.

    `resources` are counted without the storefront's files. `watching` are things that stand beside the shop: keys,
    trails, alarms.
    """

    stack: str
    region: str
    resources: int
    parts: tuple[Part, ...]
    ways: tuple[Way, ...]
    vpc: Vpc | None
    called: tuple[str, ...]
    authorizer: str | None
    watching: tuple[str, ...]

    def part(self, key: str) -> Part:
        return next(part for part in self.parts if part.key == key)

    def of(self, *kinds: str) -> list[Part]:
        return [part for part in self.parts if part.kind in kinds]
