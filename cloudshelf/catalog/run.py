"""One import, put together: file, judge, importer, reports."""

import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cloudshelf.catalog.choices import Choices
from cloudshelf.catalog.credentials import Account
from cloudshelf.catalog.duplicates import Duplicates
from cloudshelf.catalog.importer import Importer, Outcome, Put, Summary
from cloudshelf.catalog.interrupt import stop_on_interrupt
from cloudshelf.catalog.judge import Rejected, judged
from cloudshelf.catalog.progress import Progress
from cloudshelf.catalog.record import Record
from cloudshelf.catalog.rejects import RejectsReport
from cloudshelf.catalog.sender import Sender
from cloudshelf.catalog.source import Source
from cloudshelf.client import ShopClient

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
