"""plan: what there is to move, and what has no place on the other side."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cloudshelf.migrate.journal import NEW, PLANNED
from cloudshelf.migrate.ports import IN_TABLE
from cloudshelf.migrate.tools import Tools


@dataclass(frozen=True, kw_only=True)
class Plan:
    """`rows` by entity; `unmapped` and `rejects` as the function names them. Unless `ready`, something comes first."""

    rows: Mapping[str, int]
    unmapped: tuple[Mapping[str, Any], ...]
    rejects: tuple[Mapping[str, Any], ...]
    ready: bool

    def as_dict(self) -> dict[str, Any]:
        return {"rows": dict(self.rows), "unmapped": list(self.unmapped), "expected_rejects": list(self.rejects),
                "ready": self.ready}  # fmt: skip

    def as_text(self) -> Iterator[str]:
        counts = (f"{rows:,} {IN_TABLE.get(entity, entity)}" for entity, rows in self.rows.items())
        yield f"To be moved: {', '.join(counts)}"
        for each in self.unmapped:
            yield f"  {each['entity']}/{each['key']}: the mapping has no place for the attribute {each['attribute']}"
        for each in self.rejects:
            yield f"  {each['entity']}/{each['key']} would be rejected: {each['reason']}"
        yield "Ready." if self.ready else "Not ready: every attribute needs a place first."


def plan(tools: Tools) -> Plan:
    answer = tools.steps.invoke("plan", {})
    found = Plan(
        rows={entity: int(told["rows"]) for entity, told in answer["entities"].items()},
        unmapped=tuple(answer["unmapped"]),
        rejects=tuple(answer["expected_rejects"]),
        ready=bool(answer["ready"]),
    )
    state = tools.journal.read()
    if state.step == NEW and found.ready:
        tools.journal.change(state, step=PLANNED)
    return found
