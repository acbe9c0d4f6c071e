"""The planning documents' requirements, section by section, as `data/` has them."""

from pathlib import Path
from typing import Any

import msgspec
import yaml

DATA = Path(__file__).parent / "data"
OUTLINE = "outline.yaml"


class Requirement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`says` is the requirement in a sentence. Something below shows it, or says why nothing here can.

    `tests` are node ids such as tests/infra/test_data.py::test_only_carts_expire, `controls` rows of the control table,
    `resources` types by the stack that has them, `pages` files that are what was asked for. `changed` is the number of
    the decision that chose otherwise, and `instead` what there is.
    """

    id: str
    says: str
    tests: tuple[str, ...] = ()
    controls: tuple[int, ...] = ()
    resources: dict[str, tuple[str, ...]] = {}
    pages: tuple[str, ...] = ()
    changed: int | None = None
    instead: str = ""
    aws_only: str = ""

    @property
    def shown(self) -> bool:
        """Whether something that can fail stands for it."""
        return bool(self.tests or self.controls or self.pages)


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`asks_nothing` says why a section has no requirements."""

    name: str
    requirements: tuple[Requirement, ...] = ()
    asks_nothing: str = ""


class Document(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`prefix` begins each of its requirements' ids."""

    title: str
    prefix: str
    sections: tuple[Section, ...]

    @property
    def requirements(self) -> list[Requirement]:
        return [requirement for section in self.sections for requirement in section.requirements]


Outline = dict[str, tuple[str, ...]]


def documents(folder: Path = DATA) -> list[Document]:
    """Ordered by prefix."""
    found = [msgspec.convert(_read(path), Document) for path in folder.glob("*.yaml") if path.name != OUTLINE]
    return sorted(found, key=lambda document: document.prefix)


def outline(folder: Path = DATA) -> Outline:
    """Each document's sections in its own order. The documents themselves are not in the repository."""
    return msgspec.convert(_read(folder / OUTLINE), Outline)


def _read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))
