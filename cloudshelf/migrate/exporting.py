"""export: the source's tables to S3, at a point in time; the migration begins with it."""

import uuid
from datetime import UTC, datetime

from cloudshelf.migrate.journal import FINISHED, State
from cloudshelf.migrate.ports import IN_TABLE, ExportJob, Refused
from cloudshelf.migrate.tools import Tools


def export(tools: Tools, *, again: bool = False) -> State:
    """Exports every table, and begins the migration with the exports. Goes on with exports that run already.

    `again` begins anew, with exports of now.
    """
    state = tools.journal.read()
    if again and state.weight == 0:
        state = tools.journal.note(state, jobs=None, export_token=None, export_t0=None, execution=None)
    elif state.begun:
        tools.told.say(f"The exports of {state.t0} are there; `load` takes them.")
        return state
    if state.step == FINISHED:
        raise Refused(f"The migration from {state.source} to {state.target} is finished.")
    jobs = dict(state.details.get("jobs") or {})
    token, t0 = state.details.get("export_token") or uuid.uuid4().hex, state.details.get("export_t0") or _now()
    if not state.details.get("export_token"):
        state = tools.journal.note(state, export_token=token, export_t0=t0)
    tables = tools.exports.tables()
    for entity, table in tables.items():
        if entity not in jobs:
            jobs[entity] = tools.exports.start(entity, table, f"{token[:24]}-{entity}").arn
            state = tools.journal.note(state, jobs=jobs)
    done = _followed(tools, {entity: jobs[entity] for entity in tables})
    prefixes = {entity: job.prefix for entity, job in done.items()}
    begin = {"source": tools.source, "target": tools.target, "exports": prefixes, "t0": t0}
    tools.steps.invoke("begin", begin)
    counts = ", ".join(f"{job.items:,} {IN_TABLE.get(entity, entity)}" for entity, job in done.items())
    tools.told.say(f"Exported: {counts}" if counts else f"Nothing to export: {tools.source} is read where it is")
    return tools.journal.read()


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _followed(tools: Tools, jobs: dict[str, str]) -> dict[str, ExportJob]:
    with tools.told.bar("export", len(jobs)) as bar:
        while True:
            found = {entity: tools.exports.look(arn) for entity, arn in jobs.items()}
            bar.reach(sum(job.done for job in found.values()), len(jobs))
            if all(job.done for job in found.values()):
                return found
            tools.pause(tools.poll_s)
