"""The end of an import, as text and as JSON."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cloudshelf.catalog.importer import Outcome, Summary
from cloudshelf.catalog.judge import Rejected


def as_text(summary: Summary, *, checked_only: bool) -> Iterator[str]:
    told = (Outcome.READY,) if checked_only else (Outcome.CREATED, Outcome.UPDATED)
    counts = [f"{summary.outcomes[outcome]:,} {outcome}" for outcome in told]
    yield ", ".join([*counts, f"{summary.rejected:,} rejected"]) + "."
    for reason, count in summary.reasons.most_common():
        yield f"  {count:>8,}  rejected: {reason}"
    for note, count in summary.notes.most_common():
        yield f"  {count:>8,}  {note}"
    if summary.stopped:
        yield f"Stopped: {summary.stopped}"
    if summary.next_line is not None:
        yield f"Not all rows were sent. Go on with the same command and --start-line {summary.next_line}"


def rejects_as_text(summary: Summary, shown: list[Rejected], report: Path | None) -> Iterator[str]:
    """The first rejects, and where the others are or could be."""
    for each in shown:
        yield f"line {each.line}: {each.title or '(no title)'}: {'; '.join(fault.text for fault in each.faults)}"
    if report and summary.rejected:
        yield f"All {summary.rejected:,} rejected rows are in {report}"
    elif summary.rejected > len(shown):
        yield f"{summary.rejected - len(shown):,} more were rejected; --rejects FILE writes them all"


def as_json(summary: Summary, shown: list[Rejected]) -> Mapping[str, Any]:
    return {
        **{str(outcome): summary.outcomes[outcome] for outcome in Outcome},
        "rejected": summary.rejected,
        "reasons": dict(summary.reasons.most_common()),
        "notes": dict(summary.notes.most_common()),
        "stopped": summary.stopped,
        "next_line": summary.next_line,
        "rejects": [
            {"line": each.line, "book": each.title, "reasons": [fault.text for fault in each.faults]} for each in shown
        ],
    }
