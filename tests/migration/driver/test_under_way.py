"""Requests under way, and the pages by which another process asks about them."""

import json
import threading

from cloudshelf.local.edge.distribution import Behavior, Distribution, Passed
from cloudshelf.local.edge.origins import NeighbourOrigin
from cloudshelf.local.edge.router_pages import RouterPages
from cloudshelf.local.edge.under_way import UnderWay
from cloudshelf.local.gateway.messages import Request, Response

SECONDS = 20.0
METHODS = frozenset({"GET", "POST"})


def request(method: str = "GET", path: str = "/api/v1/books", body: bytes = b"") -> Request:
    return Request(method=method, path=path, query=[], headers=[], body=body, source_ip="127.0.0.1")


class Slow:
    """An origin that answers when it is let."""

    def __init__(self) -> None:
        self.asked, self.let = threading.Event(), threading.Event()

    def fetch(self, _request: Request) -> Response:
        self.asked.set()
        self.let.wait(SECONDS)
        return Response(status=200, body=b"slow")


def distribution(slow: Slow, neighbour: NeighbourOrigin) -> Distribution:
    def choose(asked: Request) -> Response | Passed:
        if asked.path.endswith("/held"):
            return Response(status=503)
        return Passed(request=asked, origin_id="target" if asked.path.endswith("/new") else None)

    behavior = Behavior(
        path_pattern="*", origin_id="api", allowed_methods=METHODS, response_headers={}, viewer_request=choose
    )
    return Distribution(
        domain_name="127.0.0.1:1",
        default_root_object="",
        behaviors=[behavior],
        origins={"api": slow, "target": neighbour},
        error_pages=[],
    )


def test_settling_waits_for_what_was_let_in_before_and_for_nothing_after() -> None:
    slow = Slow()
    front = distribution(slow, NeighbourOrigin("127.0.0.1:2", {}))
    thread = threading.Thread(target=front.handle, args=(request(),))
    thread.start()
    assert slow.asked.wait(SECONDS)
    assert front.under_way.by_origin() == {"api": 1}
    assert not front.under_way.settle(0)
    slow.let.set()
    assert front.under_way.settle(SECONDS)
    thread.join()
    assert front.under_way.by_origin() == {}


def test_a_function_at_the_edge_answers_itself_or_chooses_the_origin() -> None:
    seen: list[str | None] = []

    def neighbour(asked: Request) -> Response:
        seen.append(asked.header("Host"))
        return Response(status=201)

    slow = Slow()
    slow.let.set()
    front = distribution(slow, NeighbourOrigin("127.0.0.1:2", {"127.0.0.1:2": neighbour}))
    statuses = [front.handle(request(path=f"/api/v1/{name}")).status for name in ("held", "new", "books")]
    assert (statuses, seen) == ([503, 201, 200], ["127.0.0.1:2"])


def test_a_neighbour_that_is_not_open_is_a_bad_gateway() -> None:
    assert NeighbourOrigin("127.0.0.1:2", {}).fetch(request()).status == 502


def test_the_values_of_the_router_are_read_and_changed_together() -> None:
    store = {"weight": "0", "back_office": "open"}
    pages = RouterPages({"arn": store}, UnderWay())
    put = request("PUT", "/_local/router/values", b'{"weight": "5", "hold_from": "0"}')
    assert pages.handle(put).status == 200
    told = json.loads(pages.handle(request("GET", "/_local/router/values")).body)
    assert told == {"values": {"weight": "5", "hold_from": "0", "back_office": "open"}, "under_way": {}}
    assert json.loads(pages.handle(request("POST", "/_local/router/settle")).body) == {"settled": True}
    for body in (b"", b"[]", b'{"weight": 5}'):
        assert pages.handle(request("PUT", "/_local/router/values", body)).status == 400
    assert RouterPages({}, UnderWay()).handle(put).status == 404
