"""Carts of this process: where PostgreSQL is measured, DynamoDB is not to be in the way."""

import multiprocessing
import random
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import TracebackType
from typing import Any

import msgspec
from orders.model import AUTHORISED, CONFIRMED, Order, OrderInput, OrderItem
from orders.placing import Wish, place
from orders.postgres_checkout import PostgresCheckout
from orders.pricing import Charges
from payments.simulated import Simulated
from shared import clock, ids
from shared.address import Address
from shared.cart_rows import Line
from shared.money import ZERO, Total
from shared.postgres import Database, Login, Session
from shared.reply import encode
from shared.row_ids import row_id


class CartsInMemory:
    """CartRows without a store."""

    def __init__(self) -> None:
        self._lines: dict[str, tuple[Line, ...]] = {}

    def fill(self, user_id: str, lines: Sequence[Line]) -> None:
        self._lines[user_id] = tuple(lines)

    def lines(self, user_id: str) -> tuple[Line, ...]:
        return self._lines.get(user_id, ())

    def clear(self, user_id: str, bought: Mapping[str, str]) -> None:
        left = (line for line in self.lines(user_id) if bought.get(line.book_id) != line.revision)
        self._lines[user_id] = tuple(left)

    def erase(self, user_id: str) -> None:
        self._lines.pop(user_id, None)


def line(book_id: str, quantity: int, revision: str, price: Decimal = Decimal("10.00")) -> Line:
    return Line(book_id, "Shelf", "A book", "Somebody", price, quantity, revision=revision)


LOCK = "SELECT id, book_id, stock_quantity, price FROM books WHERE book_id = ANY(:book_ids) ORDER BY id FOR UPDATE"
TAKE = """UPDATE books SET stock_quantity = stock_quantity - :quantity, popularity = popularity + :quantity
    WHERE id = :id"""
SHOPPER = "INSERT INTO users (id, user_id) VALUES (:user, :user_id) ON CONFLICT DO NOTHING"
ORDER = """INSERT INTO orders (id, order_id, user_id, status, order_date, subtotal, tax_amount, shipping_amount,
        total_amount, currency, shipping_address, created_at, updated_at, idempotency_key, fingerprint)
    VALUES (:id, :order_id, :user, :status, :day, :subtotal, 0, 0, :subtotal, 'USD', :address, :now, :now, :key, :fp)"""
ITEM = """INSERT INTO order_items (id, order_id, book_id, public_book_id, place, category, title, price, quantity,
        cart_line) VALUES (:id, :order, :book, :book_id, :place, :category, :title, :price, :quantity, :cart_line)"""
PAYMENT = """INSERT INTO payments (authorisation, order_id, amount, currency, status, created_at, updated_at)
    VALUES (:authorisation, :order, :amount, 'USD', 'authorised', :now, :now)"""
DUE = "INSERT INTO outbox (order_id, task, user_id, lines) VALUES (:order, 'settle', :user, :lines)"


def sell(database: Database, order: Order, wish: Wish, cart: Sequence[Line]) -> None:
    """Leaves the same rows as the shop's own sale."""
    database.transaction(lambda session: _sell(session, order, wish, cart))


def _sell(session: Session, order: Order, wish: Wish, cart: Sequence[Line]) -> None:
    held = {row[1]: row for row in session.run(LOCK, book_ids=[line.book_id for line in cart])}
    for line in cart:
        _, _, stock, price = held[line.book_id]
        if stock < line.quantity or price != line.price:
            raise AssertionError(f"{line.book_id} cannot be sold")
        session.run(TAKE, id=held[line.book_id][0], quantity=line.quantity)
    values = _keys(order, wish)
    session.run(SHOPPER, user=values["user"], user_id=wish.user_id)
    session.run(ORDER, **values)
    for position, line in enumerate(cart, 1):
        session.run(ITEM, **_item(values["id"], order, position, line, held[line.book_id][0]))
    session.run(
        PAYMENT, authorisation=order.authorisation, order=values["id"], amount=order.total, now=order.created_at
    )
    session.run(DUE, order=values["id"], user=values["user"], lines=encode({}).decode())


def _keys(order: Order, wish: Wish) -> dict[str, Any]:
    return {
        "id": row_id("orders", order.order_id),
        "order_id": order.order_id,
        "user": row_id("users", wish.user_id),
        "status": order.status,
        "day": order.order_date,
        "subtotal": order.subtotal,
        "address": encode(order.shipping_address).decode(),
        "now": order.created_at,
        "key": wish.key,
        "fp": wish.wanted.fingerprint(),
    }


def _item(order_row: Any, order: Order, place: int, line: Line, book: Any) -> dict[str, Any]:
    return {
        "id": row_id("order_items", f"{order.order_id}/{line.book_id}"),
        "order": order_row,
        "book": book,
        "place": place,
        "cart_line": f"{order.user_id}/{line.book_id}/{line.revision}",
        **{name: msgspec.structs.asdict(line)[name] for name in ("book_id", "category", "title", "price", "quantity")},
    }


IN_A_CART = 3
# More than one buyer of many ever sells.
MOST_A_SECOND = 1500
PRICE = Decimal("10.00")
ADDRESS = Address("1 Main St", "Anytown", "12345", "US")
CHARGES = Charges(ZERO, ZERO, "USD")
Way = Callable[[Wish, Sequence[Line]], None]


@dataclass(frozen=True)
class Place:
    """A database as `orders` knows it, without anything that a process cannot be given."""

    host: str
    port: int
    database: str
    password: str

    def login(self) -> Login:
        return Login(self.host, self.port, self.database, "orders", lambda: self.password, ca_file=None)


@dataclass(frozen=True)
class Run:
    """A task: for so many seconds, among these books, one of WAYS."""

    way: str
    books: Sequence[str]
    seconds: float


@dataclass(frozen=True)
class Sold:
    """What one buyer did: in how many seconds, of which so many of a processor."""

    orders: int
    seconds: float
    cpu_s: float


class Buyers:
    """So many processes; use as a context manager. `cpu_s` is a buyer's own for one order, by way, in the last run."""

    def __init__(self, where: Place, count: int) -> None:
        context = multiprocessing.get_context("spawn")
        self.cpu_s: dict[str, float] = {}
        self._pipes, self._processes = [], []
        for number in range(count):
            ours, theirs = context.Pipe()
            self._pipes.append(ours)
            self._processes.append(context.Process(target=_buyer, args=(theirs, where, number), daemon=True))

    def orders_a_second(self, run: Run) -> float:
        """All together."""
        for pipe in self._pipes:
            pipe.send(run)
        told: list[Sold] = [pipe.recv() for pipe in self._pipes]
        self.cpu_s[run.way] = sum(each.cpu_s for each in told) / sum(each.orders for each in told)
        return sum(each.orders / each.seconds for each in told)

    def __enter__(self) -> "Buyers":
        for process in self._processes:
            process.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for pipe in self._pipes:
            pipe.send(None)
        for process in self._processes:
            process.join()


def _buyer(pipe: Any, where: Place, number: int) -> None:
    database, chance = Database(where.login()), random.Random(number)  # noqa: S311 - not for secrets
    ways = _ways(database)
    while (run := pipe.recv()) is not None:
        pipe.send(_sold(ways[run.way], run, chance))
    database.close()


def _sold(way: Way, run: Run, chance: random.Random) -> Sold:
    # Making up carts is no part of selling them.
    carts = [_cart(run.books, chance) for _ in range(int(run.seconds * MOST_A_SECOND))]
    orders, cpu, started = 0, time.process_time(), time.perf_counter()
    for wish, cart in carts:
        way(wish, cart)
        orders += 1
        if time.perf_counter() - started >= run.seconds:
            break
    return Sold(orders, time.perf_counter() - started, time.process_time() - cpu)


def _cart(books: Sequence[str], chance: random.Random) -> tuple[Wish, Sequence[Line]]:
    cart = [line(book, 1, uuid.uuid4().hex) for book in chance.sample(books, IN_A_CART)]
    total = Total(sum(each.price * each.quantity for each in cart))
    return Wish(f"shopper-{uuid.uuid4().hex}", uuid.uuid4().hex, OrderInput(total, ADDRESS), CHARGES), cart


def _ways(database: Database) -> dict[str, Way]:
    carts = CartsInMemory()
    checkout, payments = PostgresCheckout(database, carts), Simulated()

    def sale(wish: Wish, cart: Sequence[Line]) -> None:
        if not checkout.sell(wish, _order(wish, cart), cart):
            raise AssertionError("not sold")

    def whole(wish: Wish, cart: Sequence[Line]) -> None:
        carts.fill(wish.user_id, cart)
        place(checkout, payments, wish)

    return {
        "sale": sale,
        "whole": whole,
        "usual": lambda wish, cart: sell(database, _order(wish, cart), wish, cart),
    }


def _order(wish: Wish, cart: Sequence[Line]) -> Order:
    now = clock.now()
    day, stamp = now.date().isoformat(), clock.stamp(now)
    return Order(
        user_id=wish.user_id,
        order_id=f"order-{day}-{ids.ulid(now)}",
        status=CONFIRMED,
        order_date=day,
        items=tuple(OrderItem(each.book_id, each.category, each.title, each.price, each.quantity) for each in cart),
        subtotal=Decimal(wish.wanted.expected_total),
        tax=ZERO,
        shipping=ZERO,
        total=Decimal(wish.wanted.expected_total),
        shipping_address={"street": "1 Main St", "city": "Anytown", "postal_code": "12345", "country": "US"},
        created_at=stamp,
        updated_at=stamp,
        payment=AUTHORISED,
        authorisation=f"auth-{uuid.uuid4().hex}",
    )
