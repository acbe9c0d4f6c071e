"""Usage profiles, CloudShelf's and one's own."""

from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cloudshelf.cost.usage import PROFILES, Usage, UsageError, load, profiles


def test_there_are_three_from_small_to_big() -> None:
    assert profiles() == ["dev", "small", "growing"]


def test_all_profiles_have_the_same_figures() -> None:
    paths = [_paths(yaml.safe_load((PROFILES / f"{name}.yaml").read_text())) for name in profiles()]
    assert paths[0] == paths[1] == paths[2]


def _paths(content: object, under: str = "") -> set[str]:
    if not isinstance(content, dict):
        return {under}
    return {path for key, value in content.items() for path in _paths(value, f"{under}.{key}")}


def test_the_tables_of_phase1_have_the_plans_reads_writes_and_storage() -> None:
    planned = {"dev": (100_000, 50_000, 1), "small": (1_000_000, 500_000, 10), "growing": (10_000_000, 5_000_000, 100)}
    for name, figures in planned.items():
        profile = load(name)
        tables = ("books", "carts", "users", "orders")
        sums = (sum(profile(f"tables.{table}.{figure}") for table in tables) for figure in ("reads", "writes", "gb"))
        assert tuple(sums) == figures, name


def test_every_request_of_the_api_reaches_one_function() -> None:
    shop = ("books", "carts", "sessions", "users", "orders", "admin")
    for name in profiles():
        profile = load(name)
        assert sum(profile(f"functions.{function}.requests") for function in shop) == profile("api_requests"), name


def test_a_file_says_only_what_differs(tmp_path: Path) -> None:
    profile = own(tmp_path, "like: small\ncdn: {gb: 50}\n")
    assert profile("cdn.gb") == 50
    assert profile("cdn.requests") == load("small")("cdn.requests")
    assert profile.name == "usage.yaml"


def own(folder: Path, text: str) -> Usage:
    path = folder / "usage.yaml"
    path.write_text(text)
    return load(str(path))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("cdn: {gb: 50}\n", "give `like: dev`"),
        ("like: huge\n", "give `like: dev`"),
        ("like: [dev]\n", "give `like: dev`"),
        ("like: ../usage/dev\n", "give `like: dev`"),
        ("like: dev\nfunctions: {boks: {requests: 1}}\n", r"no figure functions\.boks\.requests; did you mean"),
        ("like: dev\ncdn: 5\n", "there is no figure cdn"),
        ("like: dev\ncdn: {gb: -1}\n", r"cdn\.gb: -1 is not a number from 0 up"),
        ("like: dev\ncdn: {gb: .nan}\n", r"cdn\.gb: nan is not a number"),
        ("like: dev\ncdn: {gb: .inf}\n", r"cdn\.gb: inf is not a number"),
        ("like: dev\ncdn: {gb: yes}\n", r"cdn\.gb: True is not a number"),
        ("like: dev\ncdn: {gb: [1]}\n", r"cdn\.gb: \[1\] is not a number"),
        ("like: dev\ncdn: {gb: much}\n", r"cdn\.gb: 'much' is not a number"),
        ("- 1\n", "is not a list of"),
        ("a: [\n", "cannot be read"),
    ],
)
def test_an_unusable_file_says_what_is_wrong(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        own(tmp_path, text)


def test_a_file_that_is_no_text_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "usage.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="cannot be read"):
        load(str(tmp_path / "usage.yaml"))


@given(st.text())
def test_any_text_is_a_profile_or_a_refusal(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("usage") / "usage.yaml"
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    with pytest.raises(UsageError):
        load(str(path))


def test_a_name_that_is_neither_is_refused_with_what_there_is() -> None:
    with pytest.raises(UsageError, match=r"huge is neither a file nor a usage profile; there is dev, small, growing"):
        load("huge")


def test_a_figure_nobody_gave_is_named() -> None:
    with pytest.raises(UsageError, match=r"usage mine says nothing about cdn\.gb"):
        Usage("mine", {"cdn.requests": Decimal(1)})("cdn.gb")
