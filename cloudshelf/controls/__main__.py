"""`python -m cloudshelf.controls`: reports on the three stacks; 1 when a must is neither kept nor excepted."""

import sys
from datetime import date
from pathlib import Path

from cloudshelf.controls.report import Verdict, judge, render
from cloudshelf.controls.stacks import as_stack
from cloudshelf.graph import capture, program, stack_config
from policies.controls.stack import PHASES
from policies.controls.tables import CONTROLS
from tests.infra.provider import Provider

ROOT = Path(__file__).resolve().parent.parent.parent


def main() -> int:
    failed = False
    for phase in PHASES:
        graph = capture(program(ROOT), mocks=Provider(), stack=phase, config=stack_config(phase, ROOT))
        outcomes = judge(as_stack(graph, phase), CONTROLS, date.today())
        print("\n".join(render(phase, outcomes)))
        failed = failed or any(each.must and each.verdict is Verdict.FAILED for each in outcomes)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
