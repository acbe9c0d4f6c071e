"""docs/trace.md."""

from collections.abc import Iterator, Sequence

from cloudshelf.trace.known import Known
from cloudshelf.trace.model import Document, Requirement, Section

HEAD = """# From the plan to the proof

CloudShelf was planned in five documents before it was built. This page goes through them section by section: each
thing they ask for, what shows that it is so, and the AWS resources it became. `make trace` writes it from
[cloudshelf/trace/data](../cloudshelf/trace/data). [Tests](../tests/trace) fail when a section or a requirement has
nothing to show, when a test, resource or decision named here does not exist, and when this page is not current.

How to read it:

* A test's name is the sentence it proves, and links to its file.
* *Control* is a row of the security table that `make controls` prints.
* *Decided otherwise* leads to the decision, and says what there is instead.
* *Only on AWS* is what no test on one machine can show.
* Resources are Pulumi types. `everything` is phase2 with every option.
"""


def page(documents: Sequence[Document], known: Known) -> str:
    parts = [HEAD, _summary(documents), *(_document(document, known) for document in documents)]
    return "\n".join(parts)


def _summary(documents: Sequence[Document]) -> str:
    head = ["document", "requirements", "shown here", "decided otherwise", "a part only on AWS"]
    rows = [
        [
            f"{document.prefix}: [{document.title}](#{_anchor(_heading(document))})",
            *map(str, _counts(document.requirements)),
        ]
        for document in documents
    ]
    every = [requirement for document in documents for requirement in document.requirements]
    return _table(head, [*rows, ["all", *map(str, _counts(every))]])


def _counts(requirements: Sequence[Requirement]) -> tuple[int, int, int, int]:
    shown = [each for each in requirements if each.shown]
    otherwise = [each for each in requirements if each.changed is not None]
    aws_only = [each for each in requirements if each.aws_only]
    return len(requirements), len(shown), len(otherwise), len(aws_only)


def _heading(document: Document) -> str:
    return f"{document.prefix}. {document.title}"


def _anchor(heading: str) -> str:
    """As GitHub makes it."""
    kept = "".join(letter for letter in heading.lower() if letter.isalnum() or letter in " -_")
    return kept.replace(" ", "-")


def _document(document: Document, known: Known) -> str:
    sections = [_section(section, known) for section in document.sections]
    return f"## {_heading(document)}\n\n" + "\n".join(sections)


def _section(section: Section, known: Known) -> str:
    if not section.requirements:
        return f"### {section.name}\n\nAsks nothing of its own: {section.asks_nothing.strip()}\n"
    rows = [_row(requirement, known) for requirement in section.requirements]
    return f"### {section.name}\n\n{_table(['', 'asked for', 'shown by', 'resources'], rows)}"


def _row(requirement: Requirement, known: Known) -> list[str]:
    return [
        requirement.id,
        requirement.says,
        "<br>".join(_evidence(requirement, known)),
        "<br>".join(_resources(requirement)),
    ]


def _evidence(requirement: Requirement, known: Known) -> Iterator[str]:
    if requirement.changed is not None:
        decision = known.decisions[requirement.changed]
        yield f"*[Decided otherwise](adr/{decision})*: {requirement.instead}"
    yield from (_test(test) for test in requirement.tests)
    yield from (f"Control {row}: {known.controls[row]}" for row in requirement.controls)
    yield from (f"[{path}](../{path})" for path in requirement.pages)
    if requirement.aws_only:
        yield f"*Only on AWS*: {requirement.aws_only}"


def _test(node_id: str) -> str:
    path, *_, name = node_id.split("::")
    sentence = name.removeprefix("test_").replace("_", " ")
    return f"[{sentence[0].upper()}{sentence[1:]}](../{path})"


def _resources(requirement: Requirement) -> Iterator[str]:
    for stack, types in requirement.resources.items():
        yield f"{stack}: {', '.join(f'`{_short(each)}`' for each in types)}"


def _short(token: str) -> str:
    """`aws:ec2/vpc:Vpc` as `aws.ec2.Vpc`, which is what one writes in Python."""
    package, module, name = token.split(":")
    return f"{package}.{module.partition('/')[0]}.{name}"


def _table(head: list[str], rows: Sequence[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(_cell(text) for text in cells)} |\n" for cells in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
