"""Where parcels go."""

from typing import Annotated

import msgspec

from shared.bodies import NOT_BLANK

Short = Annotated[str, msgspec.Meta(min_length=1, max_length=20, pattern=NOT_BLANK)]
Medium = Annotated[str, msgspec.Meta(min_length=1, max_length=100, pattern=NOT_BLANK)]
Long = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=NOT_BLANK)]
Country = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{2}\Z")]


class Address(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A postal address. `country` is two letters of ISO 3166-1."""

    street: Long
    city: Medium
    postal_code: Short
    country: Country
    state: Medium | msgspec.UnsetType = msgspec.UNSET
