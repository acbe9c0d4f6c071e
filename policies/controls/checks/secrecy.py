"""Keys and the parameters they guard."""

from collections.abc import Iterator

from .. import tokens
from ..control import Violation, lack, violation
from ..documents import statements
from ..rules import alone
from ..stack import Resource, Stack

LEAST_KEYS = 3


@alone
def guarded(key: Resource) -> Iterator[str]:
    listed = statements(key)
    if not listed:
        yield "policy is AWS's default: say who may use the key"
    for statement in listed:
        if not statement.allows:
            continue
        if statement.anybody and not list(statement.conditions()):
            yield "policy lets anybody use the key: name the principal"
        # EventBridge sends KMS nothing that a condition could ask for: row 167.
        services = set(statement.principals("Service")) - {"events.amazonaws.com"}
        if services and not list(statement.conditions()):
            yield "policy lets a service use the key for any account: add a condition"


@alone
def kept(key: Resource) -> Iterator[str]:
    if key.get("deletionWindowInDays") != 30:
        yield f"deletionWindowInDays is {key.get('deletionWindowInDays')}: set it to 30"
    if key.get("isEnabled") is False or key.get("enabled") is False:
        yield "the key is off: nothing it guards can be read"
    if key.get("bypassPolicyLockoutSafetyCheck") is True:
        yield "bypassPolicyLockoutSafetyCheck is set: a wrong policy would lock everybody out for good"


def one_for_each_purpose(stack: Stack) -> Iterator[Violation]:
    keys = stack.of(tokens.KEY)
    if len(keys) < LEAST_KEYS:
        yield lack(stack, f"there are {len(keys)} keys: data, logs and parameters have one each")
    for key in keys:
        if not stack.users(key, tokens.ALIAS, "targetKeyId"):
            yield violation(key, "it has no alias: nobody would know what it is for")


@alone
def sealed(parameter: Resource) -> Iterator[str]:
    if parameter.get("insecureValue") is not None:
        yield "insecureValue is in the state file in the clear: use value"
    if parameter.get("type") != "SecureString":
        yield f"type is {parameter.get('type')}: make it SecureString"
