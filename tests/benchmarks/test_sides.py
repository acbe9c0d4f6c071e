"""What the benchmarks run is what they say it is."""

import os
import re
import subprocess
import sys
from pathlib import Path

from orders.checkout_sql import SELL

from benchmarks import checkout
from benchmarks.measuring import taken
from benchmarks.scale import STEP, _usage
from benchmarks.search_data import Catalogue
from cloudshelf.cost import usage


def test_pgbench_runs_the_sales_own_statement(tmp_path: Path) -> None:
    script = checkout.pgbench_script(tmp_path).read_text()
    variables = set(re.findall(r"(?<!:):([a-z][a-z0-9]*)", script))
    assert variables == {"books", "b1", "b2", "b3", "n"}
    # Between its values it is the same, word for word.
    for part in re.split(r"(?<!:):[a-z_]+", SELL):
        assert " ".join(part.split()) in script


def test_the_catalogue_is_the_same_each_time_and_its_searches_are_of_all_classes() -> None:
    assert list(Catalogue().rows(50)) == list(Catalogue().rows(50))
    searches = Catalogue().searches(3)
    assert {name: len(texts) for name, texts in searches.items()} == dict.fromkeys(searches, 3)
    assert all(len(text.split()) == 2 for text in searches["common and common"])


def test_a_process_and_what_it_started_are_counted_together() -> None:
    code = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'print(1); input()'])"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert taken(process.pid).memory > 0
        assert set(taken(process.pid).cpu_s) == {"local cloud", "functions"}
        process.communicate(b"\n")
    assert taken(os.getpid()).memory > 0


def test_on_paper_traffic_grows_no_faster_than_orders() -> None:
    large, larger = usage.load("growing"), _usage("growing on")
    assert larger("api_requests") == STEP * large("api_requests")
    assert larger("busy_hours") == 1
    assert all(larger(path) <= STEP * value for path, value in large.figures.items())
    assert larger("functions.books.milliseconds") == large("functions.books.milliseconds")
