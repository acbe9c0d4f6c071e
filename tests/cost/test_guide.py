"""docs/guides/cost.md."""

import pytest

from cloudshelf.cost.guide import filled_in, tables
from cloudshelf.graph.stacks import ROOT
from tests.cost.conftest import Estimating

GUIDE = ROOT / "docs" / "guides" / "cost.md"


def test_the_guides_tables_are_what_the_command_says_today(estimated: Estimating) -> None:
    text = GUIDE.read_text()
    assert filled_in(text, tables(estimated)) == text, "see what changed, then run: python -m cloudshelf.cost"


def test_a_table_without_a_place_is_an_error() -> None:
    with pytest.raises(ValueError, match="no place for the table totals"):
        filled_in("# Cost\n", {"totals": ""})
