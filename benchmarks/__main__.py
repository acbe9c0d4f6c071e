"""Runs benchmarks, prints their figures and keeps them. Kept results of a full run make docs/performance.md."""

import argparse
import importlib
import os
import sys
import time
from datetime import date
from pathlib import Path

from benchmarks import measuring, results
from benchmarks.results import ALL, Benchmark, Mode, Result, chosen

ROOT = Path(__file__).resolve().parent.parent
QUICK = ROOT / ".build" / "benchmarks"


def measured(benchmark: Benchmark, mode: Mode) -> Result:
    """One benchmark, run now."""
    before, started = measuring.machine_load(), time.monotonic()
    found = importlib.import_module(f"benchmarks.{benchmark.name}").run(quick=mode == "quick")
    return Result(
        name=benchmark.name,
        mode=mode,
        day=date.today(),
        seconds=round(time.monotonic() - started, 1),
        load=(before, measuring.machine_load()),
        machine=measuring.this_one(),
        figures=tuple(found.figures),
        notes=tuple(found.notes),
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(each.name for each in ALL))
    parser.add_argument("--quick", action="store_true", help="smaller sizes, fewer repeats")
    parser.add_argument("--keep", action="store_true", help="write a quick run's figures to docs/performance.md, too")
    given = parser.parse_args()
    mode: Mode = "quick" if given.quick else "full"
    folder = results.KEPT if given.keep or not given.quick else QUICK
    try:
        benchmarks = chosen(given.names)
    except ValueError as problem:
        parser.error(str(problem))
    for benchmark in benchmarks:
        print(f"\n{benchmark.title}", flush=True)
        result = measured(benchmark, mode)
        results.write(result, folder)
        if folder == results.KEPT:
            results.write_guide()
        for line in results.report_lines(result.figures):
            print(line)
        print(f"  ({result.seconds:.0f} s)", flush=True)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "functions"))
    os.environ.setdefault("POWERTOOLS_LOG_LEVEL", "ERROR")
    os.environ.setdefault("POWERTOOLS_SERVICE_NAME", "bench")
    main()
