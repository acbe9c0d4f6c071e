"""Filters of a listing as SQL. Only the filters there are become conditions, so each plan is for what was asked."""

from hashlib import md5
from typing import Any

from books.model import Filters

# The English words, or where they are stop words all of them, the words as they stand.
WORDS = """(CASE WHEN numnode(plainto_tsquery('english', :text)) > 0
    THEN plainto_tsquery('english', :text) ELSE plainto_tsquery('simple', :text) END)"""
# Or the last word may be the beginning of one: it is still being typed.
WORDS_SO_FAR = f"({WORDS} || (plainto_tsquery('english', :before) && to_tsquery('simple', :beginning)))"
# As the indexes by title have it: the words of the title alone, and the category.
TITLE_WORDS = """(to_tsvector('english', title) || to_tsvector('simple', title)
    || array_to_tsvector(ARRAY['#' || md5(category)]))"""
SAME_TITLE = 'lower(title) COLLATE "C" = lower(:text)'
SHORTEST_PIECE = 3

Values = dict[str, Any]


def narrowed(filters: Filters) -> tuple[list[str], Values]:
    """Conditions of everything but the text that is searched for, and their values."""
    conditions, values = [], {}
    for condition, name, value in (
        ("category = :category", "category", filters.category),
        (_by_author(filters.author), "author", filters.author),
        ("price >= :low", "low", filters.min_price),
        ("price <= :high", "high", filters.max_price),
    ):
        if value is not None:
            conditions.append(condition)
            values[name] = value
    if filters.in_stock:
        conditions.append("stock_quantity > 0")
    return conditions, values


def wording(text: str) -> tuple[str, Values]:
    """The words that are searched for as a tsquery, and its values."""
    before, _, last = text.rpartition(" ")
    values: Values = {"text": text}
    if len(last) < SHORTEST_PIECE:
        return WORDS, values
    # In quotes to_tsquery takes any text; within them ' and \ are escaped.
    quoted = last.replace("\\", "\\\\").replace("'", "''")
    return WORDS_SO_FAR, values | {"before": before, "beginning": f"'{quoted}':*"}


def matching(filters: Filters) -> tuple[str, Values]:
    """The text search query and its values; a category is one more lexeme, so that one index does both."""
    query, values = wording(filters.exact_title or "")
    if filters.category is None:
        return query, values
    digest = md5(filters.category.encode(), usedforsecurity=False).hexdigest()
    return f"({query} && :shelf::tsquery)", values | {"shelf": f"'#{digest}'"}


def _by_author(author: str | None) -> str:
    contained = "strpos(lower(author), lower(:author)) > 0"
    if author is None or len(author) < SHORTEST_PIECE:
        return contained
    return f"pieces(lower(author)) @> pieces(lower(:author)) AND {contained}"
