"""Every requirement of the plans has something that shows it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cloudshelf.graph.stacks import ROOT
from cloudshelf.trace.__main__ import PAGE
from cloudshelf.trace.faults import faults
from cloudshelf.trace.known import Known, node_ids
from cloudshelf.trace.model import Document, Requirement, Section, documents, outline
from cloudshelf.trace.page import page

PLAN = "A plan"
FINE = Requirement(id="Z-1", says="It works.", tests=("tests/test_it.py::test_it_works",))
KNOWN = Known(
    root=ROOT,
    tests={"tests/test_it.py::test_it_works"},
    controls={1: "It is closed"},
    types={"phase1": {"aws:s3/bucket:Bucket"}},
    decisions={1: "0001-it-is-so.md"},
)


@pytest.fixture(scope="module")
def known() -> Known:
    return Known.of(ROOT)


def test_the_trace_has_no_gap(known: Known) -> None:
    assert list(faults(documents(), outline(), known)) == []


def test_the_page_is_current(known: Known) -> None:
    assert PAGE.read_text(encoding="utf-8") == page(documents(), known), "run: make trace"


def test_all_five_plans_are_gone_through() -> None:
    found = documents()
    assert len(found) == 5
    assert {document.title for document in found} == outline().keys()


def told(*sections: Section, planned: Sequence[str] = ("One",), known: Known = KNOWN) -> str:
    document = Document(title=PLAN, prefix="Z", sections=sections)
    return "\n".join(faults([document], {PLAN: tuple(planned)}, known))


def of(**changes: Any) -> str:
    return told(Section(name="One", requirements=(msgspec.structs.replace(FINE, **changes),)))


def test_what_is_in_order_is_not_complained_about() -> None:
    assert of() == ""
    assert of(tests=(), controls=(1,), resources={"phase1": ("aws:s3/bucket:Bucket",)}) == ""
    assert of(tests=(), pages=("README.md",), changed=1, instead="otherwise") == ""
    assert of(tests=(), aws_only="it is AWS's") == ""


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"tests": ()}, "Z-1: nothing shows it"),
        ({"tests": (), "changed": 1, "instead": "otherwise"}, "Z-1: nothing shows it"),
        ({"tests": (), "resources": {"phase1": ("aws:s3/bucket:Bucket",)}}, "Z-1: nothing shows it"),
        ({"tests": ("tests/test_it.py::test_it_flies",)}, "Z-1: there is no test tests/test_it.py::test_it_flies"),
        ({"controls": (2,)}, "Z-1: row 2 is no must"),
        ({"pages": ("docs/nothing.md",)}, "Z-1: there is no page docs/nothing.md"),
        ({"resources": {"phase1": ("aws:sqs/queue:Queue",)}}, "Z-1: phase1 has no aws:sqs/queue:Queue"),
        ({"resources": {"phase9": ("aws:s3/bucket:Bucket",)}}, "Z-1: there is no stack phase9"),
        ({"changed": 2, "instead": "otherwise"}, "Z-1: there is no decision 2"),
        ({"changed": 1}, "give both"),
        ({"instead": "otherwise"}, "give both"),
        ({"id": "Y-1"}, "begin with Z-"),
    ],
)
def test_a_requirement_that_is_not_shown_is_told(changes: dict[str, Any], complaint: str) -> None:
    assert complaint in of(**changes)


def test_an_id_is_one_requirements() -> None:
    assert "Z-1: is the id of 2 requirements" in told(Section(name="One", requirements=(FINE, FINE)))


def test_a_section_nobody_went_through_is_told() -> None:
    one = Section(name="One", requirements=(FINE,))
    assert told(one, planned=["One", "Two"]) == f"{PLAN}: section 'Two' is not covered"
    assert told(one, Section(name="Two", asks_nothing="Prose."), planned=["One"]) == f"{PLAN}: has no section 'Two'"
    assert "in another order" in told(one, Section(name="Two", asks_nothing="Prose."), planned=["Two", "One"])


def test_a_section_asks_for_something_or_says_why_not() -> None:
    assert "says why it asks nothing" in told(Section(name="One"))
    assert "says why it asks nothing" in told(Section(name="One", requirements=(FINE,), asks_nothing="Prose."))


def test_a_plan_nobody_went_through_is_told() -> None:
    assert list(faults([], {PLAN: ("One",)}, KNOWN)) == [f"{PLAN}: section 'One' is not covered"]


@pytest.fixture
def tests_in(tmp_path: Path) -> Callable[[str], set[str]]:
    def found(text: str) -> set[str]:
        path = tmp_path / "test_it.py"
        path.write_text(text)
        return set(node_ids(path, tmp_path))

    return found


def test_tests_are_found_as_pytest_names_them(tests_in: Callable[[str], set[str]]) -> None:
    text = "def test_a(): ...\ndef helper(): ...\nclass TestB:\n    def test_c(self): ...\n    def other(self): ...\n"
    assert tests_in(text) == {"test_it.py::test_a", "test_it.py::TestB::test_c"}


def test_what_only_looks_like_a_test_is_none(tests_in: Callable[[str], set[str]]) -> None:
    assert tests_in('"def test_a(): ..."\nclass Shop:\n    def test_b(self): ...\n') == set()


def test_the_page_shows_what_is_asked_and_what_shows_it() -> None:
    requirement = Requirement(
        id="Z-1",
        says="It is | closed.",
        tests=("tests/test_it.py::test_it_works",),
        controls=(1,),
        changed=1,
        instead="locked",
        resources={"phase1": ("aws:s3/bucket:Bucket",)},
        aws_only="the door",
    )
    text = page([Document(title=PLAN, prefix="Z", sections=(Section(name="One", requirements=(requirement,)),))], KNOWN)
    (row,) = [line for line in text.splitlines() if line.startswith("| Z-1")]
    assert row == (
        "| Z-1 | It is \\| closed. | *[Decided otherwise](adr/0001-it-is-so.md)*: locked"
        "<br>[It works](../tests/test_it.py)<br>Control 1: It is closed<br>*Only on AWS*: the door "
        "| phase1: `aws.s3.Bucket` |"
    )
    assert "| Z: [A plan](#z-a-plan) | 1 | 1 | 1 | 1 |" in text


def test_a_test_that_is_gone_is_a_gap(known: Known) -> None:
    lost = replace(known, tests=frozenset())
    assert any("there is no test" in fault for fault in faults(documents(), outline(), lost))
