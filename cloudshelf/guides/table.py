"""Tables in Markdown."""

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(_cell(text) for text in cells)} |\n" for cells in lines)


def _cell(text: str) -> str:
    """A cell is one line, and a bar would end it."""
    return " ".join(text.split()).replace("|", "\\|")
