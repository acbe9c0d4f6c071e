"""The documents hang together."""

import re
from pathlib import Path

import pytest

from cloudshelf.graph.stacks import ROOT
from tests.docs.pages import PAGES, anchors, links, name, prose

INDEX = ROOT / "docs" / "README.md"
every_page = pytest.mark.parametrize("page", PAGES, ids=name)


@every_page
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in links(page):
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), target
        assert there.is_relative_to(ROOT), target
        if anchor and there.suffix == ".md":
            assert anchor in anchors(there), target


@every_page
def test_a_page_has_one_title(page: Path) -> None:
    assert len(re.findall(r"^# ", prose(page), re.MULTILINE)) == 1
    assert page.read_text(encoding="utf-8").startswith("# ")


@every_page
def test_a_picture_says_what_it_shows(page: Path) -> None:
    assert not re.search(r"!\[\s*\]\(", prose(page))


@every_page
def test_a_page_knows_no_machine(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for here in (str(ROOT), str(Path.home())):
        assert f"{here}/" not in text


def test_every_page_is_reached_from_the_index() -> None:
    seen, ahead = set[Path](), [INDEX]
    while ahead:
        page = ahead.pop()
        if page not in seen:
            seen.add(page)
            ahead += [(page.parent / target.partition("#")[0]).resolve() for target in links(page)]
            ahead = [each for each in ahead if each.suffix == ".md" and each.is_relative_to(ROOT)]
    assert {page for page in PAGES if page.is_relative_to(ROOT / "docs")} <= seen


def test_every_decision_is_in_the_list() -> None:
    folder = ROOT / "docs" / "adr"
    listed = re.findall(r"^(\d+)\. \[(.+)\]\((.+)\)$", (folder / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert [file for _, _, file in listed] == [path.name for path in sorted(folder.glob("[0-9]*.md"))]
    for number, title, file in listed:
        assert int(number) == int(file[:4])
        assert (folder / file).read_text(encoding="utf-8").startswith(f"# {number}. {title}\n"), file
