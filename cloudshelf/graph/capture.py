"""Runs a Pulumi program under the mock engine and keeps its whole resource graph."""

import asyncio
import contextvars
import os
import runpy
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pulumi
from pulumi.runtime import config as runtime_config
from pulumi.runtime import settings as runtime_settings
from pulumi.runtime import stack as runtime_stack

from cloudshelf.graph.model import Graph
from cloudshelf.graph.monitor import Engine, GraphMonitor

Program = Callable[[], None]
STRINGIFIED_OUTPUT_IS_AN_ERROR = "PULUMI_ERROR_OUTPUT_STRING"


def program(root: Path) -> Program:
    """The project's own entry point, as the Pulumi CLI runs it."""

    def run() -> None:
        runpy.run_path(str(root / "__main__.py"), run_name="__main__")

    return run


def capture(
    run: Program,
    *,
    mocks: pulumi.runtime.Mocks,
    stack: str,
    project: str = "cloudshelf",
    config: Mapping[str, str] | None = None,
    secret_keys: tuple[str, ...] = (),
    preview: bool = False,
) -> Graph:
    """The graph of `run`. What the program raised is raised here, without the engine's layers around it.

    Each capture has its own event loop and context, so configuration and errors do not leak into the next; context
    variables the caller set are seen by the program.
    """

    def go() -> Graph:
        monitor = GraphMonitor(mocks)
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        loop.set_exception_handler(lambda *_: None)
        _configure(monitor, project, stack, preview)
        sdk: Any = runtime_stack
        sdk.asyncio = _Asyncio()
        runtime_config.set_all_config(dict(config or {}), list(secret_keys))
        try:
            loop.run_until_complete(runtime_stack.run_in_stack(run))
        except Exception as error:
            raise _root_cause(error) from None
        finally:
            _finish(loop)
        return monitor.graph

    os.environ.setdefault(STRINGIFIED_OUTPUT_IS_AN_ERROR, "1")
    # In a thread of its own: a caller may be inside an event loop already.
    with ThreadPoolExecutor(1, thread_name_prefix="pulumi") as thread:
        return thread.submit(contextvars.copy_context().run, go).result()


class _Asyncio:
    """asyncio as the SDK's stack module sees it.

    The SDK waits for one of all outstanding outputs, again and again, which takes time by the square of their number.
    """

    FIRST_COMPLETED = asyncio.FIRST_EXCEPTION

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)


def _configure(monitor: GraphMonitor, project: str, stack: str, preview: bool) -> None:
    engine: Any = Engine(monitor.graph)
    runtime_settings.configure(
        runtime_settings.Settings(
            project=project,
            stack=stack,
            monitor=monitor,
            engine=engine,
            dry_run=preview,
            organization="organization",
            root_directory=".",
        )
    )
    nothing_yet: Any = None
    runtime_settings.set_root_resource(nothing_yet)


def _finish(loop: asyncio.AbstractEventLoop) -> None:
    """Ends what a failed program left half done, so that nothing of it surfaces later from the garbage collector."""
    while tasks := asyncio.all_tasks(loop):
        for task in tasks:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()
    asyncio.set_event_loop(None)


def _root_cause(error: BaseException) -> BaseException:
    """The innermost cause. The SDK's chains of causes can be circular."""
    seen: set[int] = set()
    while error.__cause__ is not None and id(error) not in seen:
        seen.add(id(error))
        error = error.__cause__
    return error
