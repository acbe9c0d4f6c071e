"""A stage's cache: what a function answered, for a while, to who asks the same."""

import copy
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from cloudshelf.local.gateway.api import Route
from cloudshelf.local.gateway.messages import Request, Response

CACHED_METHOD = "GET"
MOST_ENTRIES = 1000
Key = tuple[str, ...]


class StageCache:
    """Thread-safe. Keeps every status, as API Gateway does. On AWS it holds so many gigabytes, here MOST_ENTRIES."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: OrderedDict[Key, tuple[float, Response]] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, key: Key) -> Response | None:
        with self._lock:
            until, response = self._kept.get(key, (0.0, None))
            return copy.deepcopy(response) if response and self._clock() < until else None

    def keep(self, key: Key, response: Response, seconds: int) -> None:
        with self._lock:
            self._kept.pop(key, None)
            self._kept[key] = (self._clock() + seconds, copy.deepcopy(response))
            if len(self._kept) > MOST_ENTRIES:
                self._kept.popitem(last=False)


def key_of(route: Route, request: Request, path: dict[str, str]) -> Key:
    """What tells one answer from another: the method, and the values of its cache key parameters alone."""
    integration = route.operation["x-amazon-apigateway-integration"]
    query, headers = dict(request.query), {name.lower(): value for name, value in request.headers}
    places = {"path": path, "querystring": query, "header": headers}
    values = []
    for parameter in integration.get("cacheKeyParameters", []):
        _, _, place, name = parameter.split(".", 3)
        given = places[place].get(name.lower() if place == "header" else name)
        values.append("" if given is None else f"={given}")
    return (route.method, route.resource, *values)
