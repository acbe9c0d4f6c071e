"""What a picture of a stack shows."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
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


def heading(topology: Topology) -> str:
    return f"CloudShelf's stack {topology.stack} on AWS, {topology.region}"


def summary(topology: Topology) -> Iterator[str]:
    yield f"{topology.resources} resources."
    yield f"Browsers reach CloudFront, which reaches the storefront's bucket and API Gateway. {_vpc(topology)}"
    names = [topology.part(key).name for key in topology.called]
    checks = topology.part(topology.authorizer).name if topology.authorizer else "Cognito"
    yield f"API Gateway calls {_listed(names)}; {checks} checks tokens."
    reached: dict[str, list[Way]] = defaultdict(list)
    for way in topology.ways:
        reached[way.callee].append(way)
    for callee, found in reached.items():
        yield f"{label(topology, callee)} is reached by {_listed([topology.part(way.caller).name for way in found])}."


def label(topology: Topology, key: str) -> str:
    part = topology.part(key)
    return f"The {part.kind} {part.name}" if part.kind in ("table", "function") else part.name


def _vpc(topology: Topology) -> str:
    if topology.vpc is None:
        return "There is no VPC."
    inside = [part.name for part in topology.of("function") if part.place.value == "private"]
    return f"In the {topology.vpc.name} are {_listed(inside)}."


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


NAMED_BY_KIND = ("function", "table")


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """From one stack to another: `changed` parts are in both, in another place or with other details."""

    added: tuple[Part, ...]
    changed: tuple[Part, ...]
    gone: tuple[Part, ...]
    opened: tuple[str, ...]
    closed: tuple[str, ...]

    @property
    def pointed_out(self) -> frozenset[str]:
        """Keys of what is new or changed."""
        return frozenset(part.key for part in (*self.added, *self.changed))

    def notes(self, before: str) -> list[str]:
        """A sentence each."""
        told = (
            (f"New since {before}", _names(self.added)),
            ("Changed", _names(self.changed)),
            ("Gone", _names(self.gone)),
            ("Opened", self.opened),
            ("Closed", self.closed),
        )
        return [f"{word}: {', '.join(names)}." for word, names in told if names]


def compare(one: Topology, other: Topology) -> Comparison:
    before, after = ({part.key: part for part in each.parts} for each in (one, other))
    ways_before, ways_after = ({(way.caller, way.callee): way for way in each.ways} for each in (one, other))
    return Comparison(
        added=tuple(part for key, part in after.items() if key not in before),
        changed=tuple(part for key, part in after.items() if key in before and before[key] != part),
        gone=tuple(part for key, part in before.items() if key not in after),
        opened=tuple(_told(other, way) for ends, way in ways_after.items() if ends not in ways_before),
        closed=tuple(_told(one, way) for ends, way in ways_before.items() if ends not in ways_after),
    )


def _told(topology: Topology, way: Way) -> str:
    return f"{topology.part(way.caller).name} to {_name(topology.part(way.callee))}"


def _names(parts: Iterable[Part]) -> list[str]:
    return [_name(part) for part in parts]


def _name(part: Part) -> str:
    return f"{part.kind} {part.name}" if part.kind in NAMED_BY_KIND else part.name
