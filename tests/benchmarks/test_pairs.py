"""Sides are measured in turn, and compared round by round."""

import pytest

from benchmarks.measuring import Samples, interleaved, timed


def test_every_other_round_is_in_the_opposite_order() -> None:
    order: list[str] = []

    def side(name: str) -> float:
        order.append(name)
        return 1.0

    interleaved({"a": lambda: side("a"), "b": lambda: side("b")}, rounds=3, warm_up=0)
    assert order == ["a", "b", "b", "a", "a", "b"]


def test_rounds_that_warm_up_do_not_count() -> None:
    values = iter([100.0, 1.0, 2.0])
    samples = interleaved({"a": lambda: next(values)}, rounds=2, warm_up=1)
    assert samples.by_side == {"a": (1.0, 2.0)}


def test_a_ratio_is_the_median_of_each_rounds_own() -> None:
    # A machine that becomes ten times slower in the third round changes no ratio.
    samples = Samples({"ours": (2.0, 3.0, 20.0), "reference": (1.0, 1.0, 10.0)})
    ratio = samples.ratio("ours", "reference")
    assert (ratio.median, ratio.low, ratio.high, ratio.rounds) == (2.0, 2.0, 3.0, 3)


def test_a_difference_is_the_median_of_each_rounds_own() -> None:
    more = Samples({"ours": (2.0, 13.0, 5.0), "reference": (1.0, 10.0, 0.0)}).more("ours", "reference")
    assert (more.median, more.low, more.high) == (3.0, 1.0, 5.0)


def test_sides_of_different_lengths_are_not_compared() -> None:
    with pytest.raises(ValueError, match="argument"):
        Samples({"ours": (1.0, 2.0), "reference": (1.0,)}).ratio("reference", "ours")


def test_a_timed_side_does_its_work_as_often_as_it_says() -> None:
    done: list[int] = []
    timed(lambda: done.append(1), times=7)()
    assert len(done) == 7
