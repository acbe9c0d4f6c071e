"""One run of an import: what it sends, what it rejects, and its report."""

import csv
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from cloudshelf.catalog.options import Choices
from cloudshelf.catalog.record import Record
from cloudshelf.catalog.source import Source
from cloudshelf.catalog.upload import Importer, Outcome, Put, Sender, Summary
from cloudshelf.catalog.validation import Duplicates, Rejected, judged
from cloudshelf.client import ShopClient
from cloudshelf.terminal import Account, Progress, stop_on_interrupt

COLUMNS = ("line", "book", "reasons")
# A cell that begins so is a formula to a spreadsheet (OWASP: CSV Injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class RejectsReport:
    """A context manager. Every row is on disk when `write` returns."""

    def __init__(self, path: Path) -> None:
        # With a byte order mark, spreadsheets read it as UTF-8.
        self._file = path.open("w", encoding="utf-8-sig", errors="backslashreplace", newline="", buffering=1)
        self._csv = csv.writer(self._file)
        self._csv.writerow(COLUMNS)

    def write(self, rejected: Rejected) -> None:
        reasons = "; ".join(fault.text for fault in rejected.faults)
        self._csv.writerow([rejected.line, _inert(rejected.title), _inert(reasons)])
        self._file.flush()

    def __enter__(self) -> "RejectsReport":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()


def _inert(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text


SHOWN_REJECTS = 20


@dataclass(frozen=True)
class Request:
    """What to import, and how. Without an account the file is only checked."""

    path: Path
    url: str
    choices: Choices
    workers: int
    start_line: int
    rejects: Path | None
    account: Account | None


@dataclass
class Result:
    """`shown` are the first rejects; all of them are in the report, where one was asked for."""

    summary: Summary
    shown: list[Rejected] = field(default_factory=list)
    interrupted: bool = False
    checked_only: bool = False


def run(request: Request) -> Result:
    """FileProblem, ClientError or OSError where nothing could be imported."""
    stop = threading.Event()
    shown: list[Rejected] = []
    with ExitStack() as stack:
        source = stack.enter_context(Source(request.path))
        if source.header is not None:
            request.choices.tell(source.header)
            request.choices.check_header(source.header)
        put = stack.enter_context(_destination(request, stop))
        report = stack.enter_context(RejectsReport(request.rejects)) if request.rejects else None
        duplicates = stack.enter_context(Duplicates())
        stack.enter_context(stop_on_interrupt(stop))
        progress = Progress(sys.stderr, source.size, source.position)
        stack.callback(progress.close)

        def keep(rejected: Rejected) -> None:
            if report:
                report.write(rejected)
            if len(shown) < SHOWN_REJECTS:
                shown.append(rejected)

        importer = Importer(put, workers=request.workers, stop=stop, on_reject=keep, on_step=progress.step)
        verdicts = judged(_records(source, request.choices), request.choices.judge(), duplicates)
        summary = importer.run(verdict for verdict in verdicts if verdict.line >= request.start_line)
    interrupted = stop.is_set() and not summary.stopped
    return Result(summary, shown, interrupted=interrupted, checked_only=request.account is None)


def _records(source: Source, choices: Choices) -> Iterator[Record]:
    """The rows; in JSON the first book shows which columns there are."""
    untold = source.header is None
    for record in source:
        if untold and record.names:
            choices.tell(record.names)
            untold = False
        yield record


@contextmanager
def _destination(request: Request, stop: threading.Event) -> Iterator[Put]:
    """Where accepted books go."""
    if request.account is None:
        yield lambda _book: Outcome.READY
        return
    with ShopClient(request.url, pause=stop.wait) as client:
        client.sign_in(request.account.email, request.account.password)
        yield Sender(client).put


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
