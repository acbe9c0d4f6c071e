"""load: the export files into the target, an entity after the other, the files of one in parallel."""

from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from cloudshelf.migrate.journal import LOADED, LOADING, State
from cloudshelf.migrate.patience import until_done
from cloudshelf.migrate.ports import ENTITIES, Refused
from cloudshelf.migrate.progress import Progress
from cloudshelf.migrate.tools import Tools

COUNTED = ("read", "written", "same", "rejected", "expired")


def load(tools: Tools) -> Counter[str]:
    """What was done now, by COUNTED. Files that are in already cost a look."""
    state = tools.journal.read()
    if not state.exports:
        raise Refused("There is no export yet: `export` makes one.")
    files: list[dict[str, Any]] = tools.steps.invoke("files", {})["files"]
    done: Counter[str] = Counter()
    with tools.told.bar("load", sum(int(file["rows"]) for file in files)) as bar:
        for entity in ENTITIES:
            done += load_entity(tools, [file for file in files if file["entity"] == entity], bar)
    _note(tools, tools.journal.read())
    return done


def load_entity(tools: Tools, files: list[dict[str, Any]], bar: Progress) -> Counter[str]:
    done: Counter[str] = Counter()
    with ThreadPoolExecutor(tools.workers) as pool:
        futures = [pool.submit(_file, tools, file, bar) for file in files]
        try:
            for future in futures:
                done += future.result()
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    return done


def _file(tools: Tools, file: Mapping[str, Any], bar: Progress) -> Counter[str]:
    done: Counter[str] = Counter()
    for answer in until_done(tools.steps, "load", entity=file["entity"], key=file["key"]):
        if answer.get("busy"):
            tools.pause(tools.poll_s)
        done += Counter({name: int(answer.get(name, 0)) for name in COUNTED})
        bar.add(int(answer["read"]))
    bar.add(max(0, int(file["rows"]) - done["read"]))
    return done


def _note(tools: Tools, state: State) -> None:
    if state.step == LOADING:
        tools.journal.change(state, step=LOADED)
