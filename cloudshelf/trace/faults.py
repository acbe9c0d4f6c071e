"""What is wrong with the trace, in sentences."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from cloudshelf.trace.known import Known
from cloudshelf.trace.model import Document, Outline, Requirement, Section


def faults(documents: Sequence[Document], outline: Outline, known: Known) -> Iterator[str]:
    """Nothing where every section is covered and every requirement has a check that exists."""
    yield from _uncovered(documents, outline)
    for document in documents:
        for section in document.sections:
            yield from _of_section(document, section)
        for requirement in document.requirements:
            if not requirement.id.startswith(f"{document.prefix}-"):
                yield f"{requirement.id}: ids of {document.title!r} begin with {document.prefix}-"
            yield from (f"{requirement.id}: {fault}" for fault in _of_requirement(requirement, known))
    ids = Counter(requirement.id for document in documents for requirement in document.requirements)
    yield from (f"{name}: is the id of {count} requirements" for name, count in ids.items() if count > 1)


def _uncovered(documents: Iterable[Document], outline: Outline) -> Iterator[str]:
    covered = {document.title: tuple(section.name for section in document.sections) for document in documents}
    for title in outline.keys() | covered.keys():
        planned, here = outline.get(title, ()), covered.get(title, ())
        yield from (f"{title}: section {name!r} is not covered" for name in planned if name not in here)
        yield from (f"{title}: has no section {name!r}" for name in here if name not in planned)
        if sorted(planned) == sorted(here) and planned != here:
            yield f"{title}: its sections are in another order"


def _of_section(document: Document, section: Section) -> Iterator[str]:
    if bool(section.requirements) == bool(section.asks_nothing.strip()):
        yield f"{document.title}: section {section.name!r} has requirements, or says why it asks nothing"


def _of_requirement(requirement: Requirement, known: Known) -> Iterator[str]:
    if not (requirement.shown or requirement.aws_only):
        yield "nothing shows it"
    if (requirement.changed is None) != (not requirement.instead):
        yield "`changed` names a decision and `instead` what there is: give both"
    if requirement.changed is not None and requirement.changed not in known.decisions:
        yield f"there is no decision {requirement.changed}"
    yield from (f"there is no test {test}" for test in requirement.tests if test not in known.tests)
    yield from (
        f"row {row} is no must of the control table" for row in requirement.controls if row not in known.controls
    )
    yield from (f"there is no page {page}" for page in requirement.pages if not (known.root / page).is_file())
    for stack, types in requirement.resources.items():
        if stack not in known.types:
            yield f"there is no stack {stack}"
        else:
            yield from (f"{stack} has no {each}" for each in types if each not in known.types[stack])
