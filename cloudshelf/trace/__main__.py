"""`python -m cloudshelf.trace`: writes docs/trace.md, and says what is wrong with the trace."""

import sys

from cloudshelf.graph.stacks import ROOT
from cloudshelf.trace.faults import faults
from cloudshelf.trace.known import Known
from cloudshelf.trace.model import documents, outline
from cloudshelf.trace.page import page

PAGE = ROOT / "docs" / "trace.md"


def main() -> int:
    found, known = documents(), Known.of(ROOT)
    wrong = list(faults(found, outline(), known))
    for fault in wrong:
        print(fault, file=sys.stderr)
    if not wrong:
        PAGE.write_text(page(found, known), encoding="utf-8")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
