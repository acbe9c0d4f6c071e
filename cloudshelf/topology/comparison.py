"""What one stack has that another has not."""

from collections.abc import Iterable
from dataclasses import dataclass

from cloudshelf.topology.model import Part, Topology, Way

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
