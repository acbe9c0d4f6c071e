"""Far more people than the limits let through."""

import threading
from collections import Counter

import requests

from cloudshelf.drill.harness import Stage, Witness
from cloudshelf.load.results import THROTTLED

STACKS = ("phase1", "enhanced", "phase2")
RATE, BURST = 20, 10
OVERRIDES = {"cloudshelf:throttleRate": str(RATE), "cloudshelf:throttleBurst": str(BURST)}
CROWD, ORDERS = 12, 3
# A quarter of an hour of refusals takes three seconds here.
FASTER = 300.0
LONG_ENOUGH = 400


class Crowd:
    """Browsers that ask for the first page again and again, and never slow down when they are told to."""

    def __init__(self, url: str, people: int) -> None:
        self.statuses: Counter[int] = Counter()
        self.retry_after = 0
        self._url, self._stop, self._lock = f"{url}/api/v1/books?limit=1", threading.Event(), threading.Lock()
        self._enough = threading.Event()
        self._threads = [threading.Thread(target=self._press, daemon=True) for _ in range(people)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def wait(self) -> None:
        self._enough.wait(60)

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _press(self) -> None:
        with requests.Session() as session:
            session.trust_env = False
            while not self._stop.is_set():
                answer = session.get(self._url, timeout=30)
                with self._lock:
                    self.statuses[answer.status_code] += 1
                    self.retry_after += answer.status_code == THROTTLED and "Retry-After" in answer.headers
                    if self.statuses[THROTTLED] >= LONG_ENOUGH:
                        self._enough.set()


def run(stage: Stage) -> None:
    seen = Witness()
    load = stage.send(seen)
    stage.step(f"shoppers buy; the API lets {RATE} requests a second through, {BURST} at once")
    seen.wait_for_orders(1)
    storm = stage.step(f"a crowd of {CROWD} comes that never waits")
    crowd = Crowd(stage.cloud.url, CROWD)
    crowd.start()
    stage.closing.callback(crowd.stop)
    crowd.wait()
    seen.wait_for_orders(ORDERS, since=storm)
    over = stage.step("the crowd goes")
    crowd.stop()
    seen.wait_for_orders(ORDERS, since=over)
    outcome = load.stop()
    told = ", ".join(f"{status} x{count}" for status, count in sorted(crowd.statuses.items()))
    stage.expect("the crowd is told 429, with Retry-After each time", crowd.statuses[THROTTLED] >= LONG_ENOUGH
                 and crowd.retry_after == crowd.statuses[THROTTLED], told)  # fmt: skip
    stage.expect("nobody sees a server error", not outcome.failures and max(crowd.statuses) < 500, told)
    stage.expect("shoppers who wait as they are told get through", len(outcome.sales) > ORDERS,
                 f"{len(outcome.sales)} orders, {outcome.throttled} requests refused and repeated")  # fmt: skip
    stage.expect_nothing_lost(outcome)
    stage.expect_alarms(["api-refusals"], faster=FASTER, silent=["api-errors", "concurrency"])


def commands(stack: str) -> list[str]:
    name = f"cloudshelf-{stack}"
    return [
        f"aws cloudwatch get-metric-statistics --namespace AWS/ApiGateway --metric-name Count --statistics Sum "
        f"--period 60 --dimensions Name=ApiName,Value={name} Name=Stage,Value=api "
        '--start-time "$(date -u -d -1hour +%FT%TZ)" --end-time "$(date -u +%FT%TZ)"',
        f"pulumi config set cloudshelf:throttleRate 200 -s {stack} && pulumi up -s {stack}",
        "aws service-quotas get-service-quota --service-code lambda --quota-code L-B99A9384",
    ]
