"""Where the boxes of a picture are, in user units of the SVG."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from cloudshelf.topology.model import Part, Place, Subnet, Topology

LINE = 15
CARD_HEAD, CARD_FOOT = 24, 8


@dataclass(frozen=True, kw_only=True)
class Box:
    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def bottom(self) -> int:
        return self.y + self.height

    @property
    def middle(self) -> int:
        return self.y + self.height // 2

    @property
    def center(self) -> int:
        return self.x + self.width // 2

    def around(self, margin: int, *, head: int = 0) -> "Box":
        """A box that has this one inside, with room for a heading."""
        return Box(
            x=self.x - margin,
            y=self.y - margin - head,
            width=self.width + 2 * margin,
            height=self.height + 2 * margin + head,
        )


def together(*boxes: Box) -> Box:
    """The smallest box that has all of them inside."""
    x, y = min(box.x for box in boxes), min(box.y for box in boxes)
    return Box(x=x, y=y, width=max(box.right for box in boxes) - x, height=max(box.bottom for box in boxes) - y)


def card_height(details: int) -> int:
    return CARD_HEAD + CARD_FOOT + details * LINE


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


GAP, BETWEEN = 12, 26
TIER_MARGIN, VPC_MARGIN, HEAD = 16, 16, 24
DATA_KINDS = ("proxy", "database", "replica")


@dataclass(frozen=True, kw_only=True)
class Frame:
    box: Box
    kind: str
    title: str
    notes: tuple[str, ...] = ()


@dataclass(kw_only=True)
class Layout:
    """Boxes by the keys of parts. `border` is the VPC's upper edge, None where there is no VPC."""

    columns: Columns
    boxes: dict[str, Box] = field(default_factory=dict)
    frames: list[Frame] = field(default_factory=list)
    border: int | None = None

    @property
    def everything(self) -> Box:
        return together(*self.boxes.values(), *(frame.box for frame in self.frames))


def lay_out(topology: Topology) -> Layout:
    layout = Layout(columns=Columns.of(topology))
    bottom = _region(layout, topology)
    if topology.vpc:
        _vpc(layout, topology, bottom + 2 * BETWEEN)
    _front(layout, topology)
    return layout


def _region(layout: Layout, topology: Topology) -> int:
    """What is in no VPC: functions, and the tables; answers where they end."""
    columns = layout.columns
    keys = [key for key in ordered_functions(topology) if topology.part(key).place is Place.REGION]
    ends = [TOP, *_stack(layout, [topology.part(key) for key in keys], columns.functions, TOP, FUNCTION_WIDTH)]
    tables = topology.of("table")
    if tables:
        ends += _stack(layout, tables, columns.data, TOP + HEAD, DATA_WIDTH)
        inside = together(*(layout.boxes[table.key] for table in tables))
        layout.frames.append(Frame(box=inside.around(TIER_MARGIN, head=HEAD - 8), kind="tables", title="DynamoDB"))
        ends.append(layout.frames[-1].box.bottom)
    return max(ends)


def _vpc(layout: Layout, topology: Topology, top: int) -> None:
    columns, vpc = layout.columns, topology.vpc
    if vpc is None:
        return
    notes = max((len(subnets) for subnets in vpc.tiers.values()), default=0)
    head = HEAD + notes * 14 if vpc.tiers else 0
    shut = () if topology.of("nat") else ("no way to the internet",)
    vpc_head = HEAD - 6 + len(shut) * 14
    first = top + vpc_head + VPC_MARGIN + head
    inside = [topology.part(key) for key in ordered_functions(topology) if topology.part(key).place is not Place.REGION]
    _stack(layout, [*inside, *topology.of("endpoints")], columns.functions, first, FUNCTION_WIDTH)
    data = topology.of(*DATA_KINDS)
    _stack(layout, data, columns.data, first, DATA_WIDTH, gap=2 * GAP)
    contents = [layout.boxes[part.key] for part in (*inside, *topology.of("endpoints"), *data)]
    if vpc.tiers:
        contents = _tiers(layout, topology, head, contents)
    box = together(*contents).around(VPC_MARGIN, head=vpc_head)
    title = f"{vpc.name} {vpc.cidr}".strip()
    layout.frames.insert(0, Frame(box=box, kind="vpc", title=f"{title}, {vpc.zones} zones", notes=shut))
    layout.border = box.y


def _tiers(layout: Layout, topology: Topology, head: int, contents: Sequence[Box]) -> list[Box]:
    """Frames around the private and the database subnets, side by side, and the public ones below."""
    columns, tiers = layout.columns, topology.vpc.tiers if topology.vpc else {}
    whole = together(*contents)
    left = Box(x=columns.functions, y=whole.y, width=FUNCTION_WIDTH, height=whole.height)
    right = Box(x=columns.data, y=whole.y, width=DATA_WIDTH, height=whole.height)
    frames = [
        _tier(Place.PRIVATE, left.around(TIER_MARGIN, head=head - 8), tiers),
        _tier(Place.DATABASE, right.around(TIER_MARGIN, head=head - 8), tiers),
    ]
    if nats := topology.of("nat"):
        below = frames[0].box.bottom + BETWEEN + head
        _stack(layout, nats, columns.functions, below, FUNCTION_WIDTH + 20)
        inside = together(layout.boxes["nat"], Box(x=columns.data, y=below, width=DATA_WIDTH, height=1))
        frames.append(_tier(Place.PUBLIC, inside.around(TIER_MARGIN, head=head - 8), tiers))
    layout.frames += frames
    boxes = [frame.box for frame in frames]
    if nats:
        end = together(*boxes).bottom + VPC_MARGIN + BETWEEN
        _stack(layout, topology.of("internet"), columns.functions, end, FUNCTION_WIDTH + 20)
    return boxes


def _tier(place: Place, box: Box, tiers: dict[Place, tuple[Subnet, ...]]) -> Frame:
    subnets = tiers.get(place, ())
    notes = tuple(f"{subnet.zone}  {subnet.cidr}" for subnet in subnets)
    return Frame(box=box, kind=place.value, title=f"{place.value} subnets", notes=notes)


def _front(layout: Layout, topology: Topology) -> None:
    """Browser, CloudFront and API on one level, in the middle of the functions; the site above, sign-in below."""
    columns = layout.columns
    called = together(*(layout.boxes[key] for key in topology.called))
    middle = max(called.middle, TOP + 110)
    for kind, x, width in (
        ("browser", MARGIN, BROWSER_WIDTH),
        ("distribution", columns.edge, EDGE_WIDTH),
        ("api", columns.api, API_WIDTH),
    ):
        for part in topology.of(kind):
            height = card_height(len(part.details))
            layout.boxes[part.key] = Box(x=x, y=middle - height // 2, width=width, height=height)
    api = together(*(layout.boxes[part.key] for part in topology.of("api", "distribution")))
    for part in topology.of("site"):
        height = card_height(len(part.details))
        layout.boxes[part.key] = Box(x=columns.api, y=api.y - 2 * BETWEEN - height, width=API_WIDTH, height=height)
    for part in topology.of("user pool"):
        height = card_height(len(part.details))
        layout.boxes[part.key] = Box(x=columns.edge, y=api.bottom + 2 * BETWEEN, width=EDGE_WIDTH, height=height)


def _stack(layout: Layout, parts: Iterable[Part], x: int, y: int, width: int, gap: int = GAP) -> list[int]:
    """Puts parts below each other; answers where each ends."""
    ends = []
    for part in parts:
        box = Box(x=x, y=y, width=width, height=card_height(len(part.details)))
        layout.boxes[part.key] = box
        ends.append(box.bottom)
        y = box.bottom + gap
    return ends
