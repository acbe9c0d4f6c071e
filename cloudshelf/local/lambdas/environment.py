"""One execution environment: a process that runs a function's artefact, one event at a time."""

import os
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from queue import Empty
from typing import IO

from cloudshelf.local.lambdas.runtime_api import Answer, Invocation, RuntimeApi
from cloudshelf.local.network import guard
from cloudshelf.local.network.reach import Reach

INIT_SECONDS = 10.0
POLL_SECONDS = 0.2


@dataclass(frozen=True, kw_only=True)
class FunctionConfig:
    """A function as declared. `task_root` is its unpacked artefact, `runtime_root` what AWS's runtime brings."""

    name: str
    arn: str
    handler: str
    task_root: Path
    runtime_root: Path
    timeout_seconds: int
    memory_mb: int
    variables: dict[str, str]
    log_file: Path
    concurrency: int | None = None


class FunctionFailed(Exception):
    """The function raised, crashed or ran out of time; `kind` is Lambda's name for it."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(f"{kind}: {message}")
        self.kind = kind


class Environment:
    """A running process. After a crash or a time-out it is gone: `alive` is False and it takes no more events."""

    def __init__(self, config: FunctionConfig, aws: dict[str, str], reach: Reach) -> None:
        self._config = config
        self._api = RuntimeApi()
        self._log: IO[bytes] = config.log_file.open("ab")
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-S", guard.__file__, reach.to_json(), "awslambdaric", config.handler],
            cwd=config.task_root,
            env=_variables(config, self._api.address, aws),
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
        )

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def invoke(self, event: bytes) -> bytes:
        """Answers with the payload the function returned; FunctionFailed otherwise."""
        self.wait_for_init()
        deadline = time.time() + self._config.timeout_seconds
        self._api.hand_over(Invocation(str(uuid.uuid4()), event, int(deadline * 1000), self._config.arn))
        answer = self._wait(deadline)
        if answer.error is not None:
            raise FunctionFailed(
                str(answer.error.get("errorType", "Unhandled")), str(answer.error.get("errorMessage", ""))
            )
        return answer.payload

    def wait_for_init(self) -> None:
        """Lambda counts a function's time-out from the moment its modules are loaded."""
        give_up = time.time() + INIT_SECONDS
        while not self._api.ready.wait(POLL_SECONDS):
            if not self.alive or time.time() > give_up:
                self.stop()
                raise FunctionFailed("Runtime.InitError", f"{self._config.handler} did not load: see its log")

    def _wait(self, deadline: float) -> Answer:
        while True:
            remaining = deadline - time.time()
            if remaining <= 0:
                self.stop()
                raise FunctionFailed("Sandbox.Timedout", f"task timed out after {self._config.timeout_seconds} seconds")
            try:
                return self._api.answers.get(timeout=min(POLL_SECONDS, remaining))
            except Empty:
                if not self.alive and self._api.answers.empty():
                    self.stop()
                    code = self._process.returncode
                    raise FunctionFailed("Runtime.ExitError", f"the process ended with {code}") from None

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
        self._api.close()
        self._log.close()


def bytecode(runtime_root: Path) -> Path:
    """Where environments keep compiled code, their runtime's and their artefacts'."""
    return runtime_root.with_suffix(".bytecode")


def _variables(config: FunctionConfig, address: str, aws: dict[str, str]) -> dict[str, str]:
    """Only what Lambda itself sets: nothing of this machine's environment leaks into a function."""
    region = aws["AWS_DEFAULT_REGION"]
    return {
        "PATH": os.defpath,
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "PYTHONPATH": os.pathsep.join([str(config.task_root), str(config.runtime_root)]),
        "PYTHONPYCACHEPREFIX": str(bytecode(config.runtime_root)),
        "LAMBDA_TASK_ROOT": str(config.task_root),
        "AWS_LAMBDA_RUNTIME_API": address,
        "AWS_LAMBDA_FUNCTION_NAME": config.name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(config.memory_mb),
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{config.name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": "local",
        "AWS_LAMBDA_LOG_FORMAT": "JSON",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "_HANDLER": config.handler,
        "AWS_REGION": region,
        **aws,
        **config.variables,
    }
