"""Which benchmarks there are, in the order they run and stand in the table."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Benchmark:
    """`name` is its module, which has `run(quick) -> Findings`."""

    name: str
    title: str


ALL = (
    Benchmark("cold_import", "1. Cold start of a function"),
    Benchmark("handlers", "2. What a handler adds to a request"),
    Benchmark("round_trips", "3. Round trips to PostgreSQL"),
    Benchmark("page_of_books", "4. A page of 20 books"),
    Benchmark("checkout", "5. Checkout"),
    Benchmark("search", "6. Search over many books"),
    Benchmark("migration", "7. Moving the data"),
    Benchmark("local_start", "8. `make local`"),
    Benchmark("graph", "9. The resource graph"),
    Benchmark("shoppers", "10. The shop under load"),
    Benchmark("scale", "11. Scale, on paper"),
)


def chosen(names: Sequence[str]) -> list[Benchmark]:
    """Those of these names, or all; ValueError for one there is not."""
    known = {each.name: each for each in ALL}
    if unknown := [name for name in names if name not in known]:
        raise ValueError(f"there is no benchmark {', '.join(unknown)}; there is {', '.join(known)}")
    return [known[name] for name in names] if names else list(ALL)
