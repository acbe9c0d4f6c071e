"""JSON bodies: bytes in, checked models out."""

from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, TypeVar

import msgspec

from shared import money
from shared.parameters import check_text
from shared.problems import InvalidRequest, PayloadTooLarge, UnsupportedMediaType

LIMIT_BYTES = 32 * 1024
NOT_BLANK = r"\S"

Model = TypeVar("Model", bound="Input")
BookId = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{2,63}\Z")]


class Input(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A request body. A property that may be left out is UNSET, so that `null` is refused."""

    def faults(self) -> Iterator[str]:
        """What types and ranges cannot say is wrong, as `field: reason`."""
        yield from ()


def read(body: bytes | None, content_type: str | None, model: type[Model]) -> Model:
    """The body as `model`, or the reason why it is none."""
    if not body:
        raise InvalidRequest("A JSON body is needed.", errors=("body: is required",))
    if len(body) > LIMIT_BYTES:
        raise PayloadTooLarge(f"The body has {len(body)} bytes; at most {LIMIT_BYTES} are taken.")
    if (content_type or "").partition(";")[0].strip().lower() != "application/json":
        raise UnsupportedMediaType("Send the body as application/json.")
    found = _decoded(body, model)
    faults = tuple(found.faults())
    if b"\\u0000" in body:
        faults += tuple(_unstorable(msgspec.to_builtins(found, builtin_types=(Decimal,), enc_hook=str), ""))
    if faults:
        raise InvalidRequest("The body is wrong: " + "; ".join(faults), errors=faults)
    return found


def _decoded(body: bytes, model: type[Model]) -> Model:
    try:
        found: Model = _decoder(model).decode(body)
    except msgspec.ValidationError as error:
        fault = _fault(str(error))
        raise InvalidRequest(f"The body is wrong: {fault}", errors=(fault,)) from None
    except (ValueError, RecursionError, ArithmeticError):
        raise InvalidRequest("The body is not JSON.", errors=("body: is not JSON",)) from None
    return found


@cache
def _decoder(model: type[Model]) -> msgspec.json.Decoder[Model]:
    return msgspec.json.Decoder(model, dec_hook=_decimal, float_hook=money.number)


def _decimal(kind: type[Any], value: Any) -> Any:
    return money.parsed(value, kind)


def _fault(message: str) -> str:
    """msgspec's `reason - at `$.field`` as `field: reason`."""
    reason, _, place = message.partition(" - at `")
    if NOT_BLANK in reason:
        reason = "must not be blank"
    field = place.rstrip("`").removeprefix("$").removeprefix(".") or _named(reason) or "body"
    return f"{field}: {reason}"


def _named(reason: str) -> str:
    """The field that a message about a missing or unknown one names."""
    return reason.split("`")[-2] if "field `" in reason else ""


def _unstorable(value: Any, place: str) -> Iterator[str]:
    match value:
        case dict():
            for name, each in value.items():
                yield from _unstorable(each, f"{place}.{name}".lstrip("."))
        case list() | tuple():
            for number, each in enumerate(value):
                yield from _unstorable(each, f"{place}[{number}]")
        case str():
            try:
                check_text(value)
            except ValueError as error:
                yield f"{place}: {error}"
