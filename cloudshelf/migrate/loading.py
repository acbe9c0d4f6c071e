"""The state machine that loads export files on AWS."""

import json
import uuid
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from cloudshelf.migrate.context import Tools, until_done
from cloudshelf.migrate.interfaces import ENTITIES, Machine, MigrationError, Refused
from cloudshelf.migrate.journal import LOADED, LOADING, ROLLED_BACK, State, with_details
from cloudshelf.migrate.progress import Progress

RUNNING, SUCCEEDED = "RUNNING", "SUCCEEDED"


def machine_name(stack: str) -> str:
    return f"cloudshelf-{stack}-load"


class StateMachine:
    """`client` is one of `stepfunctions`. An execution is known by its name, for ninety days."""

    def __init__(self, client: Any, arn: str) -> None:
        self._client, self._arn = client, arn

    def start(self, exports: Mapping[str, str], name: str) -> str:
        known = f"{self._arn.replace(':stateMachine:', ':execution:')}:{name}"
        try:
            self._client.describe_execution(executionArn=known)
        except self._client.exceptions.ExecutionDoesNotExist:
            return self._begin(exports, name)
        except (BotoCoreError, ClientError) as error:
            raise self._failed(error) from None
        return known

    def is_done(self, execution: str) -> bool:
        try:
            told = self._client.describe_execution(executionArn=execution)
        except (BotoCoreError, ClientError) as error:
            raise self._failed(error) from None
        if told["status"] in (RUNNING, SUCCEEDED):
            return bool(told["status"] == SUCCEEDED)
        why = f"{told.get('error', '')} {told.get('cause', '')}".strip()
        raise MigrationError(f"the load {execution} ended as {told['status']}: {why}. Start anew with: load --again")

    def _begin(self, exports: Mapping[str, str], name: str) -> str:
        try:
            begun = self._client.start_execution(
                stateMachineArn=self._arn, name=name, input=json.dumps({"exports": dict(exports)})
            )
        except (BotoCoreError, ClientError) as error:
            raise self._failed(error) from None
        return str(begun["executionArn"])

    def _failed(self, error: Exception) -> MigrationError:
        return MigrationError(f"{self._arn} cannot be asked: {' '.join(str(error).split())}")


COUNTED = ("read", "keys", "written", "same", "rejected", "expired", "others")
Files = list[dict[str, Any]]


def load(tools: Tools, *, again: bool = False) -> Counter[str]:
    """What has been done of all files, by COUNTED. Files that are in already cost a look.

    `again` follows no execution of the state machine that was started before.
    """
    state = tools.journal.read()
    if again:
        state = tools.journal.note(state, execution=None)
    if not state.begun:
        raise Refused("There is no export yet: `export` makes one.")
    files: Files = tools.steps.invoke("files", {})["files"]
    with tools.told.bar("load", sum(int(file["rows"]) for file in files)) as bar:
        if tools.machine:
            _by_machine(tools, tools.machine, state, bar)
        else:
            for entity in ENTITIES:
                _entity(tools, [file for file in files if file["entity"] == entity], bar)
    state = tools.journal.read()
    if state.step in (LOADING, ROLLED_BACK) or not state.details.get("loaded"):
        tools.journal.change(state, step=LOADED, details=with_details(state, loaded=True))
    return _done(tools)


def _entity(tools: Tools, files: Files, bar: Progress) -> None:
    with ThreadPoolExecutor(tools.workers) as pool:
        futures = [pool.submit(_file, tools, file, bar) for file in files]
        try:
            for future in futures:
                future.result()
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def _file(tools: Tools, file: Mapping[str, Any], bar: Progress) -> None:
    read = 0
    for answer in until_done(tools.steps, "load", entity=file["entity"], key=file["key"]):
        if answer.get("busy"):
            tools.pause(tools.poll_s)
        read += int(answer["read"])
        bar.add(int(answer["read"]))
    bar.add(max(0, int(file["rows"]) - read))


def _by_machine(tools: Tools, machine: Machine, state: State, bar: Progress) -> None:
    """Starts it, or goes on following the one that was started."""
    name = str(state.details.get("execution") or "")
    if not name:
        name = uuid.uuid4().hex
        state = tools.journal.note(state, execution=name)
    execution = machine.start(state.exports, name)
    total = sum(int(file["rows"]) for file in tools.steps.invoke("files", {})["files"])
    while not machine.is_done(execution):
        bar.reach(_done(tools)["read"], total)
        tools.pause(tools.poll_s)


def _done(tools: Tools) -> Counter[str]:
    done: Counter[str] = Counter()
    for file in tools.steps.invoke("progress", {})["files"]:
        done += Counter({"read": int(file["lines"]), **{name: int(file[name]) for name in COUNTED[1:]}})
    return done
