"""What is written about the figures."""

from collections.abc import Mapping
from datetime import date
from importlib.util import find_spec
from pathlib import Path

import pytest

from benchmarks import results
from benchmarks.measuring import Machine
from benchmarks.results import ALL, Figure, Result, Verdict, at_least, at_most, chosen

MACHINE = Machine(processor="P", cores=2, memory_gb=24, system="Linux", python="3.11.7", postgres="15.1")
PLACES = "a\n<!-- machine -->\nold\n<!-- end of machine -->\nb\n<!-- figures -->\nold\n<!-- end of figures -->\nc\n"


def result(*figures: Figure) -> Mapping[str, Result]:
    made = Result(
        name="checkout",
        mode="quick",
        day=date(2026, 11, 21),
        seconds=12.5,
        load=(1.5, 2.0),
        machine=MACHINE,
        figures=figures,
    )
    return {made.name: made}


def test_the_guide_has_the_figures_that_were_kept() -> None:
    text = results.GUIDE.read_text(encoding="utf-8")
    assert results.filled_in(text, results.read()) == text


def test_each_benchmark_is_a_module_and_has_a_section() -> None:
    for benchmark in ALL:
        assert find_spec(f"benchmarks.{benchmark.name}"), benchmark.name
    assert "\n".join(results.tables({})).count("Not measured yet.") == len(ALL)


def test_an_unknown_benchmark_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match=r"no benchmark sprint; there is cold_import"):
        chosen(["checkout", "sprint"])
    assert [each.name for each in chosen(["search", "checkout"])] == ["search", "checkout"]


@pytest.mark.parametrize(
    ("target", "value", "verdict"),
    [
        (at_most(2), 2.0, Verdict.MET),
        (at_most(2), 2.01, Verdict.MISSED),
        (at_least(0.85), 0.85, Verdict.MET),
        (at_least(0.85), 0.84, Verdict.MISSED),
        (None, 5.0, Verdict.OPEN),
    ],
)
def test_a_target_is_kept_or_missed(target: object, value: float, verdict: Verdict) -> None:
    assert Figure(name="x", value=value, target=target).verdict is verdict  # type: ignore[arg-type]


def test_a_missed_target_has_its_reason_below_the_table() -> None:
    found = result(
        Figure(name="slow", value=3.0, target=at_most(2), reason="the disk"),
        Figure(name="unexplained", value=3.0, target=at_most(2)),
        Figure(name="fast", value=1.0, target=at_most(2), reason="never shown"),
    )
    text = results.filled_in(PLACES, found)
    assert "* slow: the disk" in text
    assert "* unexplained: missed, and nobody has said why yet." in text
    assert "never shown" not in text
    assert "*quick, 2026-11-21" in text
    assert text.startswith("a\n")
    assert text.endswith("\nc\n")


def test_a_guide_without_a_place_for_figures_is_refused() -> None:
    with pytest.raises(ValueError, match="machine"):
        results.filled_in("nothing", {})


def test_what_was_kept_is_read_again(tmp_path: Path) -> None:
    (made,) = result(Figure(name="x", value=1.5, target=at_least(1), low=1.0, high=2.0, repeats=3)).values()
    results.write(made, tmp_path)
    assert results.read(tmp_path) == {made.name: made}


@pytest.mark.parametrize(
    ("value", "shown"), [(0.0, "0"), (3.0, "3"), (0.0123, "0.0123"), (12.345, "12.3"), (1234.5, "1,234")]
)
def test_numbers_have_three_digits(value: float, shown: str) -> None:
    assert results.number(value) == shown
