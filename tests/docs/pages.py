"""The documents, their links and their blocks of commands."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cloudshelf.graph.stacks import ROOT

PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "policies" / "README.md",
    ROOT / "schema" / "catalogue" / "README.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]
FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
COMMANDS = ("sh", "console", "bash")
NEEDS_AWS = "# needs AWS"
LOCAL = re.compile(r"# while make local STACK=(\w+) runs")


@dataclass(frozen=True)
class Block:
    """A block of shell commands. `line` is where it begins in its page."""

    page: Path
    line: int
    text: str

    def __str__(self) -> str:
        return f"{name(self.page)}:{self.line}"

    @property
    def first(self) -> str:
        return self.text.partition("\n")[0].strip()

    @property
    def needs_aws(self) -> bool:
        return self.first == NEEDS_AWS

    @property
    def local_stack(self) -> str | None:
        """The stack that has to run on this machine for it."""
        found = LOCAL.fullmatch(self.first)
        return found[1] if found else None

    @property
    def commands(self) -> list[str]:
        """Each command on one line, without comments on lines of their own."""
        joined = self.text.replace("\\\n", " ")
        return [line.strip() for line in joined.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def blocks() -> list[Block]:
    return [block for page in PAGES for block in _blocks(page)]


def _blocks(page: Path) -> Iterator[Block]:
    text = page.read_text(encoding="utf-8")
    for found in FENCE.finditer(text):
        if found[1] in COMMANDS:
            content = re.sub(r"^\$ ", "", found[2], flags=re.MULTILINE)
            yield Block(page, text[: found.start()].count("\n") + 1, content)


def prose(page: Path) -> str:
    """A page without its blocks of code."""
    return FENCE.sub("", page.read_text(encoding="utf-8"))


def links(page: Path) -> list[str]:
    """Where a page leads within the project."""
    return [target for target in LINK.findall(prose(page)) if not re.match(r"\w+:", target)]


def anchors(page: Path) -> set[str]:
    """What GitHub calls the page's headings."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    plain = [re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "") for heading in headings]
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in plain}
