"""Lines of a cart as values, and as the shop's stores have them."""

from decimal import Decimal
from hashlib import sha256

from shared.cart_rows import Line
from shared.money import cents

from migration.row import Values


def revision(user_id: str, line: Values) -> str:
    """Of a line from before there were revisions: the same wherever it is worked out."""
    said = "\0".join([user_id, line["book_id"], line["added_at"], line["price"], str(line["quantity"])])
    return f"m-{sha256(said.encode()).hexdigest()[:12]}"


def to_line(place: int, line: Values) -> Line:
    return Line(**{**line, "price": Decimal(line["price"]), "place": place})


def to_values(line: Line) -> Values:
    return {
        "book_id": line.book_id,
        "category": line.category,
        "title": line.title,
        "author": line.author,
        "price": str(cents(line.price)),
        "quantity": line.quantity,
        "image_url": line.image_url,
        "added_at": line.added_at,
        "revision": line.revision,
    }
