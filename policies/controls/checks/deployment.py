"""How Pulumi replaces things."""

from collections.abc import Iterator

from ..rules import alone
from ..stack import Resource


@alone
def created_first(resource: Resource) -> Iterator[str]:
    if resource.deleted_first:
        yield "it is deleted before its replacement is there: leave deleteBeforeReplace out"
