"""Execution environments: real processes under AWS's runtime client."""

import json
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from cloudshelf.local.lambdas.environment import FunctionConfig, FunctionFailed
from cloudshelf.local.lambdas.function import MOST_ENVIRONMENTS, Function, TooManyRequests
from components import artifact
from components.vendor import vendor

HANDLER = """
import os, sys, time
count = 0
def handler(event, context):
    global count
    count += 1
    match event["do"]:
        case "raise": raise ValueError("a secret detail")
        case "exit": os._exit(3)
        case "sleep": time.sleep(event["seconds"])
        case "import": __import__(event["module"])
        case "environ": return dict(os.environ)
    return {"pid": os.getpid(), "count": count, "text": event.get("text"), "arn": context.invoked_function_arn}
"""
Start = Callable[..., Function]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started: list[Function] = []
    runtime = vendor((artifact.FUNCTIONS / "requirements-runtime.txt",), artifact.HOST)

    def run(*, source: str = HANDLER, timeout: int = 5, concurrency: int | None = None) -> Function:
        (tmp_path / "task").mkdir(exist_ok=True)
        (tmp_path / "task" / "app.py").write_text(source)
        config = FunctionConfig(
            name="shop",
            arn="arn:aws:lambda:us-east-1:1:function:shop",
            handler="app.handler",
            task_root=tmp_path / "task",
            runtime_root=runtime,
            timeout_seconds=timeout,
            memory_mb=128,
            variables={"TABLE": "books"},
            log_file=tmp_path / "shop.log",
            concurrency=concurrency,
        )
        started.append(Function(config, {"AWS_DEFAULT_REGION": "us-east-1"}))
        return started[-1]

    yield run
    for function in started:
        function.close()


def invoke(function: Function, **event: Any) -> Any:
    return json.loads(function.invoke(json.dumps({"do": "answer", **event}).encode()))


def test_a_warm_environment_is_used_again(start: Start) -> None:
    function = start()
    first, second = invoke(function), invoke(function, text="Ünïcode ✓")
    assert first["pid"] == second["pid"]
    assert (first["count"], second["count"], second["text"]) == (1, 2, "Ünïcode ✓")
    assert first["arn"] == function.config.arn


def test_events_at_once_run_in_processes_of_their_own_up_to_the_limit(start: Start) -> None:
    function = start()
    with ThreadPoolExecutor(2 * MOST_ENVIRONMENTS) as pool:
        events = [pool.submit(invoke, function, do="sleep", seconds=0.3) for _ in range(2 * MOST_ENVIRONMENTS)]
        processes = {event.result()["pid"] for event in events}
    assert len(processes) == MOST_ENVIRONMENTS


def test_what_a_function_raises_is_an_error_and_the_environment_stays(start: Start) -> None:
    function = start()
    before = invoke(function)["pid"]
    with pytest.raises(FunctionFailed, match="ValueError"):
        invoke(function, do="raise")
    assert invoke(function)["pid"] == before


def test_a_crash_is_an_error_and_the_next_event_gets_a_new_process(start: Start) -> None:
    function = start()
    before = invoke(function)["pid"]
    with pytest.raises(FunctionFailed, match=r"Runtime\.ExitError"):
        invoke(function, do="exit")
    assert invoke(function)["pid"] != before


def test_a_function_is_stopped_at_its_time_out(start: Start) -> None:
    function = start(timeout=1)
    before = invoke(function)["pid"]
    with pytest.raises(FunctionFailed, match="timed out after 1 seconds"):
        invoke(function, do="sleep", seconds=60)
    assert not Path(f"/proc/{before}").exists()


def test_a_function_that_does_not_load_says_so(start: Start, tmp_path: Path) -> None:
    function = start(source="raise RuntimeError('broken')")
    with pytest.raises(FunctionFailed):
        invoke(function)
    assert "broken" in (tmp_path / "shop.log").read_text()


def test_reserved_concurrency_refuses_what_is_over_it(start: Start) -> None:
    function = start(concurrency=1)
    with ThreadPoolExecutor(2) as pool:
        slow = pool.submit(invoke, function, do="sleep", seconds=1)
        while not function._busy:
            pass
        with pytest.raises(TooManyRequests):
            invoke(function)
        assert slow.result()


@pytest.mark.parametrize("module", ["pulumi", "moto", "flask", "cloudshelf", "components"])
def test_a_function_sees_only_its_artefact_and_lambdas_own_libraries(start: Start, module: str) -> None:
    with pytest.raises(FunctionFailed, match="ModuleNotFoundError"):
        invoke(start(), do="import", module=module)


def test_a_function_sees_nothing_of_this_machines_environment(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_SECRET", "x")
    seen = invoke(start(), do="environ")
    assert "SOME_SECRET" not in seen
    assert "HOME" not in seen
    assert (seen["TABLE"], seen["TZ"], seen["AWS_REGION"]) == ("books", ":UTC", "us-east-1")


def test_new_code_is_run_after_it_is_put_in_place(start: Start, tmp_path: Path) -> None:
    function = start()
    before = invoke(function)
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "app.py").write_text("def handler(event, context): return 'new'")
    function.replace_code(tmp_path / "new")
    assert (before["count"], invoke(function)) == (1, "new")


def test_closing_leaves_no_process(start: Start) -> None:
    function = start()
    process = invoke(function)["pid"]
    function.close()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
