"""Sends books to a shop, several at once."""

import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from enum import StrEnum

from cloudshelf.catalog.record import Fault
from cloudshelf.catalog.validation import Accepted, Book, Rejected
from cloudshelf.client import ApiProblem, ClientError, GivenUp, NoAnswer, ShopClient
from cloudshelf.client.transport import BUSY

# How many rows may wait for the oldest one, for each worker.
WAKE_S = 0.2
AHEAD = 8
# So many books in a row that the shop failed on mean that it is the shop, not the books.
HOPELESS = 10


class Outcome(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    READY = "ready"


class Refused(Exception):
    """The shop will not take this book."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.text)
        self.fault = fault


class Failed(Refused):
    """The shop could not say whether it takes this book."""


class CalledOff(Exception):
    """The book was not sent, or not to the end, because the run is to stop."""


class Hopeless(Exception):
    """No book can be sent; the message says why."""


Put = Callable[[Book], Outcome]
Verdict = Accepted | Rejected


@dataclass
class Summary:
    """What became of the rows so far. `next_line` is the first row that was not dealt with, once stopped early."""

    outcomes: Counter[Outcome] = field(default_factory=Counter)
    rejected: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)
    next_line: int | None = None
    stopped: str | None = None

    @property
    def done(self) -> int:
        return self.outcomes.total() + self.rejected


class Importer:
    """The callbacks come in the order of the file. Setting `stop` ends the run after what is under way."""

    def __init__(
        self,
        put: Put,
        *,
        workers: int,
        stop: threading.Event,
        on_reject: Callable[[Rejected], None],
        on_step: Callable[[Summary], None],
    ) -> None:
        self._put, self._workers, self._stop = put, workers, stop
        self._on_reject, self._on_step = on_reject, on_step
        self._summary = Summary()
        self._failing: list[Verdict] = []

    def run(self, verdicts: Iterable[Verdict]) -> Summary:
        waiting: deque[tuple[Verdict, Future[Outcome] | None]] = deque()
        with ThreadPoolExecutor(self._workers, thread_name_prefix="import") as pool:
            for verdict in verdicts:
                sent = pool.submit(self._send, verdict.book) if isinstance(verdict, Accepted) else None
                waiting.append((verdict, sent))
                while waiting and (len(waiting) > AHEAD * self._workers or _settled(waiting[0][1])):
                    self._settle(*waiting.popleft())
                if self._stop.is_set():
                    self._resume_at(verdict.line + 1)
                    break
            while waiting:
                self._settle(*waiting.popleft())
        return self._summary

    def _send(self, book: Book) -> Outcome:
        if self._stop.is_set():
            raise CalledOff
        return self._put(book)

    def _settle(self, verdict: Verdict, sent: Future[Outcome] | None) -> None:
        try:
            if isinstance(verdict, Rejected):
                self._reject(verdict)
            elif sent is not None:
                while not sent.done():
                    # A signal that another thread took is handled when this one wakes up.
                    wait([sent], WAKE_S)
                self._count(verdict, sent.result())
        except CalledOff:
            self._resume_at(verdict.line)
        except Hopeless as reason:
            self._give_up(str(reason))
            self._resume_at(verdict.line)
        except Failed as failure:
            self._fail(verdict, failure)
        except Refused as refusal:
            self._failing.clear()
            self._reject(_refusal(verdict, refusal))
        self._on_step(self._summary)

    def _count(self, verdict: Accepted, outcome: Outcome) -> None:
        self._failing.clear()
        self._summary.outcomes[outcome] += 1
        self._summary.notes.update(verdict.notes)

    def _reject(self, rejected: Rejected) -> None:
        self._summary.rejected += 1
        self._summary.reasons.update({fault.kind for fault in rejected.faults})
        self._on_reject(rejected)

    def _fail(self, verdict: Verdict, failure: Failed) -> None:
        self._failing.append(verdict)
        self._reject(_refusal(verdict, failure))
        if len(self._failing) >= HOPELESS:
            self._give_up(f"the shop failed on {HOPELESS} books in a row, at last: {failure}")
            self._resume_at(self._failing[0].line)

    def _give_up(self, reason: str) -> None:
        self._summary.stopped = self._summary.stopped or reason
        self._stop.set()

    def _resume_at(self, line: int) -> None:
        self._summary.next_line = min(self._summary.next_line or line, line)


def _settled(sent: Future[Outcome] | None) -> bool:
    return sent is None or sent.done()


def _refusal(verdict: Verdict, refusal: Refused) -> Rejected:
    title = verdict.book["title"] if isinstance(verdict, Accepted) else verdict.title
    return Rejected(verdict.line, title, (refusal.fault,))


CREATED = 201
BLOCKED_CODES = ("blocked", "unreadable")


class Sender:
    """PUT is idempotent: the same book sent twice is there once."""

    def __init__(self, client: ShopClient) -> None:
        self._client = client

    def put(self, book: Book) -> Outcome:
        body = {name: value for name, value in book.items() if name != "book_id"}
        try:
            answer = self._client.call("putBook", {"book_id": book["book_id"]}, body)
        except GivenUp as error:
            raise CalledOff from error
        except NoAnswer as error:
            raise Failed(Fault("the shop did not answer", str(error))) from error
        except ApiProblem as problem:
            raise _judged(problem) from problem
        except ClientError as error:
            raise Hopeless(str(error)) from error
        return Outcome.CREATED if answer.status == CREATED else Outcome.UPDATED


def _judged(problem: ApiProblem) -> Exception:
    if problem.status == 401:
        return Hopeless(f"the shop does not accept the sign-in any longer: {problem.detail}")
    if problem.status == 403 and problem.code in BLOCKED_CODES:
        # By what is in this book, or, when all are, by how many there were.
        return Failed(Fault("blocked by the shop's firewall", "blocked by the shop's firewall, before the shop saw it"))
    if problem.status == 403:
        return Hopeless(f"this account may not change the catalogue: {problem.detail}")
    if problem.status in BUSY:
        return Failed(Fault("the shop failed", str(problem)))
    detail = "; ".join([problem.detail, *(each for each in problem.errors if each not in problem.detail)])
    return Refused(Fault(f"refused by the shop: {problem.code}", f"refused by the shop: {problem.code}: {detail}"))
