"""`python -m cloudshelf.checkov .checkov-venv/bin/checkov`: 1 for a finding nobody has answered."""

import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from cloudshelf.checkov.canary import spoil, unnoticed, untried
from cloudshelf.checkov.runner import CheckovError, Result, Results, run
from cloudshelf.checkov.suppressions import FULL, MOVING, ON, P1, P2, SUPPRESSIONS, E
from cloudshelf.controls.stacks import EVERYTHING, FROM_ENHANCED, MOVES
from cloudshelf.graph import Graph
from cloudshelf.graph.stacks import stack_graph
from cloudshelf.terraform import to_plan

BAD = "known-bad"


def main(checkov: Path) -> int:
    graphs = {phase: stack_graph(phase) for phase in (P1, E, P2)} | {FULL: stack_graph(P2, EVERYTHING)}
    graphs |= {f"{phase}{MOVING}": stack_graph(phase, settings) for phase, settings in MOVES.items()}
    graphs[f"{P2}{MOVING}{ON}"] = stack_graph(P2, FROM_ENHANCED)
    plans = {name: to_plan(graph.resources) for name, graph in graphs.items()}
    plans[BAD] = to_plan(spoil(graphs[FULL]))
    with tempfile.TemporaryDirectory() as folder:
        try:
            results = run(checkov, plans, Path(folder))
        except CheckovError as error:
            print(error, file=sys.stderr)
            return 1
    complaints = list(_complaints(graphs, results))
    print("\n".join([*_summary(graphs, results), *complaints]))
    return int(bool(complaints))


def _summary(names: Iterable[str], results: Results) -> Iterator[str]:
    for name in names:
        failed = _of(results.failed, name)
        unanswered = sum(not _answered(each) for each in failed)
        yield (
            f"{name}: {len(_of(results.passed, name))} checks passed, {len(failed) - unanswered} findings suppressed, "
            f"{unanswered} not"
        )


def _complaints(graphs: Mapping[str, Graph], results: Results) -> Iterator[str]:
    for found in sorted(results.failed):
        if found.plan != BAD and not _answered(found):
            yield f"{found.plan}: {found.resource}: {found.check} {found.title}"
    yield from (f"known-bad twins: {each}" for each in unnoticed(graphs[FULL], FULL, BAD, results))
    for type_ in sorted(untried(results, graphs[FULL])):
        yield f"known-bad twins: there is none of {type_}: add one to cloudshelf/checkov/canary.py"
    for suppression in SUPPRESSIONS:
        for plan in suppression.plans:
            if not any(found.plan == plan and suppression.covers(found) for found in results.failed):
                yield f"suppressions: {suppression.check} finds nothing in {plan} any more: take it out"


def _answered(found: Result) -> bool:
    return any(each.covers(found) for each in SUPPRESSIONS)


def _of(results: Iterable[Result], plan: str) -> list[Result]:
    return [each for each in results if each.plan == plan]


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
