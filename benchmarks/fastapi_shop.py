"""The same two operations as most people would write them: FastAPI behind Mangum, over the same faked store."""

from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any

from fastapi import FastAPI, Header, Path, Request
from mangum import Mangum
from pydantic import BaseModel, ConfigDict, Field

BookId = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9-]{2,63}$")]
Text = Annotated[str, Field(min_length=1, max_length=255, pattern=r"\S")]


class Address(BaseModel):
    model_config = ConfigDict(extra="forbid")

    street: Text
    city: Text
    state: Text | None = None
    postal_code: Annotated[str, Field(min_length=1, max_length=20, pattern=r"\S")]
    country: Annotated[str, Field(min_length=2, max_length=2)]


class OrderInput(BaseModel):
    model_config = ConfigDict(extra="forbid")

    expected_total: Annotated[Decimal, Field(ge=0, max_digits=15, decimal_places=2)]
    shipping_address: Address
    payment_token: Annotated[str, Field(min_length=1, max_length=255, pattern=r"\S")] = "tok_ok"  # noqa: S105


def handler(get: Callable[[str], Any], place: Callable[[str, str, OrderInput], Any]) -> Callable[[Any, Any], Any]:
    """`get` and `place` are the store's; they answer what JSON can hold."""
    app = FastAPI()

    @app.get("/v1/books/{book_id}")
    def get_book(book_id: BookId) -> dict[str, Any]:
        found: dict[str, Any] = get(book_id)
        return found

    @app.post("/v1/orders", status_code=201)
    def create_order(
        wanted: OrderInput,
        request: Request,
        idempotency_key: Annotated[str, Header(min_length=1, max_length=255)],
    ) -> dict[str, Any]:
        user = request.scope["aws.event"]["requestContext"]["authorizer"]["claims"]["sub"]
        placed: dict[str, Any] = place(user, idempotency_key, wanted)
        return placed

    served: Callable[[Any, Any], Any] = Mangum(app, lifespan="off")
    return served
