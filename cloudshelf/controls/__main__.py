"""`python -m cloudshelf.controls`: reports on the three stacks; 1 when a must is neither kept nor excepted."""

import sys
from datetime import date

from cloudshelf.controls.report import Verdict, judge, render
from cloudshelf.controls.stacks import as_stack
from cloudshelf.graph.stacks import stack_graph
from policies.controls.stack import PHASES
from policies.controls.tables import CONTROLS


def main() -> int:
    failed = False
    for phase in PHASES:
        outcomes = judge(as_stack(stack_graph(phase), phase), CONTROLS, date.today())
        print("\n".join(render(phase, outcomes)))
        failed = failed or any(each.must and each.verdict is Verdict.FAILED for each in outcomes)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
