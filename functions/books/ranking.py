"""Searches without an order of their own: the best matches first.

Books of exactly that title lead. The others are ranked by how well the words match, times how well the book sells.
Ranking reads each candidate, so it is for the most popular HOT matches alone when there are enough of them, which a
small index of popular books tells; where there are few, for all matches. What was not ranked follows by popularity.
"""

from shared.cursor import Position
from shared.postgres import Database

from books.conditions import SAME_TITLE, matching, narrowed, wording
from books.model import Book, Listing
from books.places import digit, not_of_this_list, positions, text
from books.rows import COLUMNS, as_json, from_json

HOT = 500
# With filters few of the popular ones are left, and these are worth ranking alone from here on.
ENOUGH_WITH_FILTERS = 60
RANKED, REST = "ranked", "rest"


def page(database: Database, listing: Listing, after: Position | None) -> tuple[list[Book], Position | None]:
    """One page; it may have fewer books than asked for where the ranked ones end and the others begin."""
    match after:
        case None:
            return _ranked(database, listing, None)
        case (str(stage), str(behind), str(score), str(category), str(book_id)) if stage == RANKED:
            place = (behind, score, category, book_id)
            return _ranked(database, listing, place)
        case (str(stage), None, None) if stage == REST:
            return _rest(database, listing, None)
        case (str(stage), str(tier), str(book_id)) if stage == REST:
            return _rest(database, listing, (tier, book_id))
    raise not_of_this_list()


def _ranked(
    database: Database, listing: Listing, after: tuple[str, str, str, str] | None
) -> tuple[list[Book], Position | None]:
    query, values = matching(listing.filters)
    conditions, given = narrowed(listing.filters)
    values |= given | {"most": listing.limit + 1}
    beyond = "TRUE"
    if after is not None:
        values |= positions(behind=(digit, after[0]), score=(float, after[1]))
        values |= positions(shelf_name=(text, after[2]), name=(text, after[3]))
        beyond = "(behind, score, shelf, name) > (:behind, :score, :shelf_name, :name)"
    places = _places(query, "".join(f" AND {condition}" for condition in conditions), listing)
    sql = f"""
        WITH {places},
        shown AS MATERIALIZED (
            SELECT * FROM places WHERE {beyond} ORDER BY behind, score, shelf, name LIMIT :most
        )
        SELECT ({as_json(f"SELECT {COLUMNS} FROM shown JOIN books USING (id) ORDER BY behind, score, shelf, name")}),
            (SELECT array_agg(behind ORDER BY behind, score, shelf, name) FROM shown),
            (SELECT array_agg(score ORDER BY behind, score, shelf, name) FROM shown),
            (SELECT so FROM enough)"""  # noqa: S608 - no input in it
    books, behind, scores, more = database.run(sql, **values)[0]
    found = from_json(books)
    shown = found[: listing.limit]
    if len(found) > listing.limit:
        last = listing.limit - 1
        return shown, (RANKED, str(behind[last]), repr(scores[last]), shown[-1].category, shown[-1].book_id)
    return shown, (REST, None, None) if more else None


def _places(query: str, narrow: str, listing: Listing) -> str:
    """Where each match that is to be ranked stands; `enough` tells whether those are the popular ones alone."""
    words, _ = wording(listing.filters.exact_title or "")
    return f"""{_hot(query, narrow)},
        enough AS (SELECT count(*) >= {_bound(listing)} AS so FROM hot),
        candidates AS (
            SELECT * FROM hot WHERE (SELECT so FROM enough)
            UNION ALL
            SELECT id, category, book_id, popularity, search FROM books
            WHERE NOT (SELECT so FROM enough) AND search @@ {query} AND NOT {SAME_TITLE}{narrow}
        ),
        places AS (
            SELECT id, 0 AS behind, 0::float8 AS score, category AS shelf, book_id AS name
            FROM books WHERE {SAME_TITLE}{narrow}
            UNION ALL
            SELECT id, 1, -ts_rank(search, {words}) * (1 + ln(1 + popularity)), category, book_id FROM candidates
        )"""  # noqa: S608 - no input in it


def _rest(database: Database, listing: Listing, after: tuple[str, str] | None) -> tuple[list[Book], Position | None]:
    """What matches and was not ranked, by steps of popularity."""
    query, values = matching(listing.filters)
    conditions, given = narrowed(listing.filters)
    narrow = "".join(f" AND {condition}" for condition in conditions)
    values |= given | {"most": listing.limit + 1}
    beyond = "TRUE"
    if after is not None:
        beyond = "(tier, book_id) < (:tier, :name)"
        values |= positions(tier=(digit, after[0]), name=(text, after[1]))
    sql = f"""
        WITH {_hot(query, narrow)},
        shown AS MATERIALIZED (
            SELECT id, tier AS step, book_id AS name FROM books
            WHERE search @@ {query} AND NOT {SAME_TITLE}{narrow} AND {beyond} AND id NOT IN (SELECT id FROM hot)
            ORDER BY tier DESC, book_id DESC LIMIT :most
        )
        SELECT ({as_json(f"SELECT {COLUMNS} FROM shown JOIN books USING (id) ORDER BY step DESC, name DESC")}),
            (SELECT array_agg(step ORDER BY step DESC, name DESC) FROM shown)"""  # noqa: S608 - no input in it
    books, steps = database.run(sql, **values)[0]
    found = from_json(books)
    shown = found[: listing.limit]
    if len(found) <= listing.limit:
        return shown, None
    return shown, (REST, str(steps[listing.limit - 1]), shown[-1].book_id)


def _hot(query: str, narrow: str) -> str:
    """The most popular matches, from the index of popular books."""
    return f"""hot AS MATERIALIZED (
            SELECT id, category, book_id, popularity, search FROM books
            WHERE tier >= 3 AND search @@ {query} AND NOT {SAME_TITLE}{narrow}
            ORDER BY popularity DESC, book_id LIMIT {HOT}
        )"""  # noqa: S608 - no input in it


def _bound(listing: Listing) -> int:
    filters = listing.filters
    narrowing = (filters.category, filters.author, filters.min_price, filters.max_price, filters.in_stock or None)
    return HOT if all(each is None for each in narrowing) else ENOUGH_WITH_FILTERS
