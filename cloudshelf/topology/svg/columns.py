"""Where a picture's columns stand, from the browser on the left to the data on the right."""

from dataclasses import dataclass

from cloudshelf.topology.model import Topology

MARGIN, TOP = 24, 104
BROWSER_WIDTH, EDGE_WIDTH, API_WIDTH, FUNCTION_WIDTH, DATA_WIDTH = 84, 158, 158, 128, 196
LANE_GAP = 18
FIRST_FUNCTIONS = ("authorizer", "books", "carts", "sessions", "users", "orders", "admin")


@dataclass(frozen=True)
class Columns:
    """Left edges; `lanes` is where the first lane stands, `callees` are those reached through lanes, from left on."""

    edge: int
    api: int
    functions: int
    lanes: int
    data: int
    callees: tuple[str, ...]

    def lane(self, callee: str) -> int:
        return self.lanes + self.callees.index(callee) * LANE_GAP

    @classmethod
    def of(cls, topology: Topology) -> "Columns":
        callees = _callees(topology)
        edge = MARGIN + BROWSER_WIDTH + 64
        api = edge + EDGE_WIDTH + 64
        functions = api + API_WIDTH + 96
        lanes = functions + FUNCTION_WIDTH + 34
        data = lanes + max(0, len(callees) - 1) * LANE_GAP + 64
        return cls(edge=edge, api=api, functions=functions, lanes=lanes, data=data, callees=callees)


def ordered_functions(topology: Topology) -> list[str]:
    """Keys, the shop's own order, what serves no request last."""

    def place(key: str) -> tuple[bool, int, str]:
        name = topology.part(key).name
        rank = FIRST_FUNCTIONS.index(name) if name in FIRST_FUNCTIONS else len(FIRST_FUNCTIONS)
        return key not in (*topology.called, topology.authorizer), rank, name

    return sorted((part.key for part in topology.of("function")), key=place)


def _callees(topology: Topology) -> tuple[str, ...]:
    """What turns back to the left first; then what is further up, so that lanes cross each other least."""
    called = {way.callee for way in topology.ways if topology.part(way.caller).kind == "function"}
    kinds = ("function", "endpoints", "nat", "table", "proxy", "database", "replica")
    return tuple(part.key for kind in kinds for part in topology.of(kind) if part.key in called)
