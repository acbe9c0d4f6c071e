"""Searches without an order of their own: the best matches first.

Books of exactly that title lead. The others are ranked by how well the words match, times how well the book sells.
Ranking reads each candidate, so of words that many books have not all are ranked, but those that can lead: popular
books with the words in their titles, or where there are few of these all with the words in their titles, and the most
popular of the others. Small indexes of popular books and of titles tell which. What was not ranked follows by
popularity.
"""

import msgspec
from shared.cursor import Position
from shared.postgres import Database

from books.conditions import SAME_TITLE, TITLE_WORDS, Values, matching, narrowed, wording
from books.model import Book, Listing
from books.places import digit, not_of_this_list, positions, text
from books.rows import COLUMNS, as_json, from_json

HOT = 500
# So many popular titles fill a page, and no other match gets before them: the title weighs most.
ENOUGH_TITLES, MOST_TITLES = 60, 1000
# With filters few of the popular ones are left, and these are worth ranking alone from here on.
ENOUGH_WITH_FILTERS = 60
RANKED, REST = "ranked", "rest"
QUERY = "(SELECT query FROM asked)"
CANDIDATE = "id, category, book_id, popularity, search"


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
    narrow, given = _narrow(listing)
    values |= given | {"most": listing.limit + 1}
    beyond = "TRUE"
    if after is not None:
        values |= positions(behind=(digit, after[0]), score=(float, after[1]))
        values |= positions(shelf_name=(text, after[2]), name=(text, after[3]))
        beyond = "(behind, score, shelf, name) > (:behind, :score, :shelf_name, :name)"
    sql = f"""
        WITH {_asked(query, listing)}, {_places(narrow, listing)},
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


def _narrow(listing: Listing) -> tuple[str, Values]:
    """Conditions beside the text's, which has the category already: told twice, its books look rarer than they are."""
    conditions, values = narrowed(msgspec.structs.replace(listing.filters, category=None))
    category = {} if listing.filters.category is None else {"category": listing.filters.category}
    return "".join(f" AND {condition}" for condition in conditions), values | category


def _asked(query: str, listing: Listing) -> str:
    """What is searched for, made once: plans are the same for all words, and made of words they take longer."""
    words, _ = wording(listing.filters.exact_title or "")
    return f"asked AS MATERIALIZED (SELECT {query} AS query, {words} AS words)"


def _places(narrow: str, listing: Listing) -> str:
    """Where each match that is to be ranked stands; `enough` tells whether those are the popular ones alone."""
    return f"""{_front(narrow, listing)},
        candidates AS (
            SELECT * FROM front WHERE (SELECT so FROM enough)
            UNION ALL
            SELECT {CANDIDATE} FROM books
            WHERE NOT (SELECT so FROM enough) AND search @@ {QUERY} AND NOT {SAME_TITLE}{narrow}
        ),
        places AS (
            SELECT id, 0 AS behind, 0::float8 AS score, category AS shelf, book_id AS name
            FROM books WHERE {SAME_TITLE}{" AND category = :category" * (listing.filters.category is not None)}{narrow}
            UNION ALL
            SELECT id, 1, -ts_rank(search, (SELECT words FROM asked)) * (1 + ln(1 + popularity)), category, book_id
            FROM candidates
        )"""  # noqa: S608 - no input in it


def _rest(database: Database, listing: Listing, after: tuple[str, str] | None) -> tuple[list[Book], Position | None]:
    """What matches and was not ranked, by steps of popularity."""
    query, values = matching(listing.filters)
    narrow, given = _narrow(listing)
    values |= given | {"most": listing.limit + 1}
    values.pop("category", None)
    beyond = "TRUE"
    if after is not None:
        beyond = "(tier, book_id) < (:tier, :name)"
        values |= positions(tier=(digit, after[0]), name=(text, after[1]))
    sql = f"""
        WITH {_asked(query, listing)}, {_front(narrow, listing)},
        shown AS MATERIALIZED (
            SELECT id, tier AS step, book_id AS name FROM books
            WHERE search @@ {query} AND NOT {SAME_TITLE}{narrow} AND {beyond} AND id NOT IN (SELECT id FROM front)
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


def _front(narrow: str, listing: Listing) -> str:
    """The matches that can lead, and `enough`: whether these alone are worth ranking. Each step but the first is taken
    where those before it did not find enough."""
    others, (titles, popular) = f"NOT {SAME_TITLE}{narrow}", _enough(listing)
    return f"""popular_titles AS MATERIALIZED (
            SELECT {CANDIDATE} FROM books WHERE tier >= 3 AND {TITLE_WORDS} @@ {QUERY} AND {others}
            ORDER BY popularity DESC, book_id LIMIT {HOT}
        ),
        stars AS (SELECT count(*) AS many FROM popular_titles),
        titles AS MATERIALIZED (
            SELECT {CANDIDATE} FROM books
            WHERE (SELECT many FROM stars) < {titles} AND {TITLE_WORDS} @@ {QUERY} AND {others}
            ORDER BY popularity DESC, book_id LIMIT {MOST_TITLES}
        ),
        first AS MATERIALIZED (
            SELECT * FROM popular_titles WHERE (SELECT many FROM stars) >= {titles}
            UNION ALL SELECT * FROM titles
        ),
        hot AS MATERIALIZED (
            SELECT {CANDIDATE} FROM books
            WHERE (SELECT many FROM stars) < {HOT} AND tier >= 3 AND search @@ {QUERY} AND {others}
            ORDER BY popularity DESC, book_id LIMIT {HOT}
        ),
        enough AS (SELECT (SELECT count(*) FROM first) >= {titles}
            OR (SELECT count(*) FROM hot) >= {popular} AS so),
        best_sellers AS ({_best_sellers(others) if _of_several_words(listing) else "TABLE hot"}),
        front AS MATERIALIZED (
            SELECT * FROM first UNION ALL SELECT * FROM best_sellers WHERE id NOT IN (SELECT id FROM first)
        )"""  # noqa: S608 - no input in it


def _best_sellers(others: str) -> str:
    """Of several words a title may have but one, and its book be ahead of unpopular ones that have all: so where it is
    by unpopular titles that there are enough, what sells best of all matches is ranked with them."""
    stars, first, hot = (f"(SELECT {each})" for each in ("many FROM stars", "count(*) FROM first", "count(*) FROM hot"))
    short = f"({stars} < {ENOUGH_TITLES} AND {first} >= {ENOUGH_TITLES} AND {hot} < {HOT})"
    return f"""SELECT * FROM hot WHERE NOT {short}
            UNION ALL (
                SELECT {CANDIDATE} FROM books WHERE {short} AND search @@ {QUERY} AND {others}
                ORDER BY popularity DESC, book_id LIMIT {HOT}
            )"""  # noqa: S608 - no input in it


def _of_several_words(listing: Listing) -> bool:
    return len(listing.filters.words) > 1 and not _narrows(listing)


def _narrows(listing: Listing) -> bool:
    filters = listing.filters
    narrowing = (filters.category, filters.author, filters.min_price, filters.max_price, filters.in_stock or None)
    return any(each is not None for each in narrowing)


def _enough(listing: Listing) -> tuple[int, int]:
    """How many titles, and how many popular books. Filters leave few, and what fills a page is worth showing alone."""
    if _narrows(listing):
        return min(listing.limit + 1, ENOUGH_TITLES), ENOUGH_WITH_FILTERS
    return ENOUGH_TITLES, HOT
