"""DynamoDB tables: the keys the seed documents give, names, and who is spared what."""

from collections.abc import Iterator, Mapping

from .. import tokens
from ..control import Violation, violation
from ..rules import among
from ..stack import ENHANCED, PHASE1, PHASE2, Resource, Stack, mappings

Keys = tuple[str, ...]
SESSIONS: Mapping[str, Keys] = {"": ("session_id",)}
ITEM_CARTS: Mapping[str, Keys] = {"": ("user_id", "book_id")}
# By phase, table and index (the table's own has no name): hash key, range key.
KEYS: Mapping[str, Mapping[str, Mapping[str, Keys]]] = {
    PHASE1: {
        "books": {"": ("category", "book_id"), "TitleSearchIndex": ("title",), "BookIdIndex": ("book_id",)},
        "carts": {"": ("user_id", "cart_id")},
        "users": {"": ("user_id",), "EmailIndex": ("email",)},
        "orders": {"": ("user_id", "order_id"), "OrderDateIndex": ("order_date", "order_id")},
    },
    ENHANCED: {"carts": ITEM_CARTS, "sessions": SESSIONS},
    PHASE2: {"carts": ITEM_CARTS, "sessions": SESSIONS},
}
EXPIRING: Mapping[str, frozenset[str]] = {
    PHASE1: frozenset({"carts"}),
    ENHANCED: frozenset({"sessions"}),
    PHASE2: frozenset({"carts", "sessions"}),
}
DISPOSABLE = ("session_id",)


def holds_data(table: Resource) -> bool:
    """Sessions are gone in a day anyway."""
    return table.get("hashKey") not in DISPOSABLE


def _kind(table: Resource) -> str:
    return str(table.get("name")).rpartition("-")[2]


def _declared(table: Resource) -> dict[str, Keys]:
    keys = {"": tuple(key for key in (table.get("hashKey"), table.get("rangeKey")) if key)}
    for index in mappings(table.get("globalSecondaryIndexes")):
        schema = sorted(mappings(index.get("keySchemas")), key=lambda key: str(key.get("keyType")))
        keys[index["name"]] = tuple(str(key["attributeName"]) for key in schema)
    return keys


@among
def keyed_as_designed(table: Resource, stack: Stack) -> Iterator[str]:
    wanted = KEYS[stack.phase].get(_kind(table))
    if wanted is None:
        yield f"no table of {stack.phase} is called {_kind(table)}"
    elif _declared(table) != wanted:
        yield f"its keys are {_declared(table)}: the design says {dict(wanted)}"
    attributes = {each.get("name") for each in mappings(table.get("attributes"))}
    if attributes != {key for keys in _declared(table).values() for key in keys}:
        yield "attributes are not just those of keys: DynamoDB keeps others without being told, and reports a change"


@among
def expires_as_designed(table: Resource, stack: Stack) -> Iterator[str]:
    expiring = table.get("ttl.enabled") is True
    if expiring != (_kind(table) in EXPIRING[stack.phase]):
        yield f"ttl is {'on' if expiring else 'off'}: in {stack.phase} it has to be the other way"
    elif expiring and table.get("ttl.attributeName") != "expires_at":
        yield "ttl.attributeName is not expires_at: set it"


@among
def named_after_stack(table: Resource, stack: Stack) -> Iterator[str]:
    if table.get("name") is not None and f"-{stack.name}-" not in table.get("name"):
        yield f"name {table.get('name')} does not carry the stack's: two stacks would fight over one table"


def backed_up(type_: str, stack: Stack) -> Iterator[Violation]:
    """Everything of a type that holds data is selected by a backup plan."""
    saved = {
        resource.urn
        for selection in stack.of(tokens.BACKUP_SELECTION)
        for resource in stack.sources(selection, "resources", type_)
    }
    for resource in stack.of(type_):
        if holds_data(resource) and not resource.get("replicateSourceDb") and resource.urn not in saved:
            yield violation(resource, "no backup selection names it: add its ARN")
