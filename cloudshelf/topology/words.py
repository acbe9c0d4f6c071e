"""A topology in sentences, for those who cannot see its picture."""

from collections import defaultdict
from collections.abc import Iterator

from cloudshelf.topology.model import Topology, Way


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
