"""Every area, one after the other."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from html import escape
from itertools import groupby
from typing import Any

import requests

from cloudshelf.client import ClientError
from cloudshelf.load import Outcome
from cloudshelf.validate import alarms, checks, matrix, purchase_flow
from cloudshelf.validate.accounts import Site
from cloudshelf.validate.finding import Area, Finding, Verdict, counted

# An answer of another shape than the contract's, or none.
UNREADABLE = (LookupError, TypeError, ValueError, AttributeError, ClientError, requests.RequestException)


@dataclass(kw_only=True)
class Run:
    """`outcome` is the load's, once it was there.

    Alarms are looked at after everybody was refused what is not theirs, and before anything is broken on purpose.
    Limits come last: they refuse whoever comes after.
    """

    site: Site
    shoppers: int
    seconds: float
    outcome: Outcome | None = field(default=None, init=False)

    def findings(self) -> Iterator[Finding]:
        areas: list[tuple[Area, Callable[[Site], Iterator[Finding]]]] = [
            (purchase_flow.AREA, purchase_flow.check),
            (checks.OBJECTIVES, self._load),
            (matrix.AREA, matrix.check),
            (alarms.AREA, alarms.silent),
            (checks.HEADERS, checks.check_headers),
            (checks.TRANSPORT, checks.check_transport),
            (checks.ORIGIN, checks.check_origin),
            (alarms.AREA, alarms.provoked),
            (checks.LIMITS, checks.check_limits),
        ]
        for area, check in areas:
            try:
                yield from check(self.site)
            except UNREADABLE as error:
                yield area.judge("what the shop answers can be understood", False, f"{type(error).__name__}: {error}")

    def _load(self, site: Site) -> Iterator[Finding]:
        return checks.check_objectives(site, self.shoppers, self.seconds, self._keep)

    def _keep(self, outcome: Outcome) -> None:
        self.outcome = outcome


STYLE = (
    ":root{color-scheme:light dark}"
    "body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%}td:first-child{white-space:nowrap}"
    "td,th{border-bottom:1px solid #8886;padding:.25rem .75rem;text-align:left;vertical-align:top}"
    "caption{font-weight:600;text-align:left;padding:1.5rem 0 .5rem}"
    ".passed{color:#1a7f37}.failed{color:#c02a2a;font-weight:700}.not{color:#8a6a00}"
    "@media (prefers-color-scheme:dark){.passed{color:#3fb950}.failed{color:#ff7b72}.not{color:#d9a441}}"
)


def as_dict(site: Site, findings: Sequence[Finding], outcome: Outcome | None) -> dict[str, Any]:
    return {
        "url": site.url,
        "phase": site.phase,
        "counts": counted(findings),
        "findings": [asdict(finding) for finding in findings],
        "load": outcome.as_dict() if outcome else None,
    }


def as_html(site: Site, findings: Sequence[Finding], outcome: Outcome | None) -> str:
    counts = counted(findings)
    summary = ", ".join(f"{count} {verdict}" for verdict, count in counts.items())
    title = f"CloudShelf {site.phase} at {site.url}"
    return "\n".join(
        [
            '<!doctype html><html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><main>",
            f"<h1>{escape(title)}</h1><p>{escape(summary)}. What could not be checked where this ran says why; it has "
            "not passed.</p>",
            *_tables(findings),
            *(_load(outcome) if outcome else ()),
            "</main></body></html>\n",
        ]
    )


def _tables(findings: Iterable[Finding]) -> Iterator[str]:
    for area, found in groupby(findings, key=lambda finding: finding.area):
        yield f"<table><caption>{escape(area)}</caption>"
        for finding in found:
            kind = finding.verdict.value.split()[0]
            cells = f"<td class={kind}>{finding.verdict.value}</td><td>{escape(finding.what)}</td>"
            yield f"<tr>{cells}<td>{escape(finding.detail)}</td></tr>"
        yield "</table>"


def _load(outcome: Outcome) -> Iterator[str]:
    yield "<table><caption>under load</caption><tr><th>operation<th>count<th>p50 ms<th>p95 ms<th>p99 ms<th>answers</tr>"
    for name, each in outcome.operations.items():
        answers = ", ".join(f"{status} x{count}" for status, count in each.statuses.items())
        figures = "".join(f"<td>{figure:.0f}</td>" for figure in (each.count, each.p50, each.p95, each.p99))
        yield f"<tr><td>{escape(name)}</td>{figures}<td>{escape(answers)}</td></tr>"
    yield "</table>"


def line(finding: Finding) -> str:
    mark = {Verdict.PASSED: "ok  ", Verdict.FAILED: "FAIL", Verdict.NOT_CHECKED: "-   "}[finding.verdict]
    why = f": {finding.detail}" if finding.detail and finding.verdict is not Verdict.PASSED else ""
    return f"{mark}  {finding.area}: {finding.what}{why}"
