"""Which errors of a store's client mean that the store is busy or out of reach."""

from shared.problems import Unavailable

THROTTLED = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "ProvisionedThroughputExceeded",
        "RequestLimitExceeded",
        "ThrottlingException",
        "ThrottlingError",
        "Throttling",
        "TooManyRequestsException",
        "LimitExceededException",
    }
)
CONFLICTING = frozenset({"TransactionConflict", "TransactionConflictException", "TransactionInProgressException"})
FAILING = frozenset({"InternalServerError", "InternalFailure", "ServiceUnavailable", "ServiceUnavailableException"})


def outage(error: Exception) -> Unavailable | None:
    """The answer to a store that did not do its part; None for every other error."""
    if is_unreachable(error) or error_code(error) in THROTTLED | CONFLICTING | FAILING:
        return Unavailable("The shop is busy. Nothing was lost: try again in a moment.")
    return None


def is_unreachable(error: Exception) -> bool:
    """True when no reply came: what was asked for may or may not have happened."""
    if not type(error).__module__.startswith("botocore"):
        return False
    from botocore.exceptions import ConnectionError as NoConnection
    from botocore.exceptions import HTTPClientError

    return isinstance(error, HTTPClientError | NoConnection)


def error_code(error: Exception) -> str:
    """AWS's code of an error, or nothing."""
    reply = getattr(error, "response", None)
    return str(reply.get("Error", {}).get("Code", "")) if isinstance(reply, dict) else ""
