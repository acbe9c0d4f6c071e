"""Which column of a file is which field of a book."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# Names as they compare: lower case, letters and digits only. An earlier name wins where a row fills several.
ALIASES: dict[str, tuple[str, ...]] = {
    "book_id": ("bookid",),
    "category": ("category", "categories", "genre", "genres", "subject", "section"),
    "title": ("title", "booktitle", "name", "bookname", "originaltitle"),
    "author": ("author", "authors", "bookauthor", "bookauthors", "authorname", "writer"),
    "isbn": ("isbn13", "isbn", "isbn10", "ean", "ean13"),
    "price": ("price", "unitprice", "listprice", "retailprice"),
    "stock_quantity": ("stockquantity", "stock", "quantity", "qty", "copies", "inventory"),
    "description": ("description", "summary", "blurb"),
    "image_url": ("imageurl", "image", "cover", "coverurl", "imageurll"),
}


def comparable(name: str) -> str:
    return re.sub(r"[\W_]", "", name.casefold())


@dataclass(frozen=True)
class Columns:
    """For each field the places of its columns, best first; the rest is ignored."""

    names: tuple[str, ...]
    places: Mapping[str, tuple[int, ...]]

    @classmethod
    def of(cls, names: Sequence[str], chosen: Mapping[str, str] | None = None) -> "Columns":
        """`chosen` maps a column's name to a field and wins over the known names."""
        given = {comparable(column): field for column, field in (chosen or {}).items()}
        keys = [comparable(name) for name in names]
        places = {}
        for field, aliases in ALIASES.items():
            wanted = [key for key, target in given.items() if target == field]
            known = [] if wanted else [alias for alias in aliases if alias not in given]
            found = [place for key in [*wanted, *known] for place, name in enumerate(keys) if name == key]
            if found:
                places[field] = tuple(found)
        return cls(tuple(names), places)

    @property
    def ignored(self) -> tuple[str, ...]:
        used = {place for places in self.places.values() for place in places}
        return tuple(name for place, name in enumerate(self.names) if place not in used and name.strip())

    def filled(self, field: str, cells: Sequence[str]) -> list[tuple[str, str]]:
        """The (column, text) of a field that are not blank, best first."""
        return [(self.names[place], cells[place]) for place in self.places.get(field, ()) if cells[place].strip()]

    def lines(self) -> list[str]:
        """What was made of the columns, for a person."""
        told = []
        for field, places in self.places.items():
            told.append(f"{field} <- {', else '.join(self.names[place] for place in places)}")
        return [*told, f"ignored: {', '.join(self.ignored)}"] if self.ignored else told
