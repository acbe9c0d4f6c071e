"""The SVG."""

import itertools
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace

from cloudshelf.topology.layout import Box, Layout, lay_out
from cloudshelf.topology.model import Topology
from cloudshelf.topology.svg import picture
from tests.topology.conftest import reading

SVG = "{http://www.w3.org/2000/svg}"


def root_of(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314 - this project's own


def test_it_says_what_it_shows_to_those_who_cannot_see_it(topology: Topology) -> None:
    svg = root_of(picture(topology))
    assert svg.get("role") == "img"
    named = {element.get("id"): element.text or "" for element in svg.iter() if element.get("id")}
    assert set(str(svg.get("aria-labelledby")).split()) == set(named)
    assert topology.stack in named["title"]
    for part in topology.of("function"):
        assert part.name in named["description"]


def test_it_is_light_or_dark_and_needs_nothing_from_elsewhere(topology: Topology) -> None:
    text = picture(topology)
    assert "@media (prefers-color-scheme:dark)" in text
    assert re.findall(r"https?://[^\"' ]+", text) == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"<script|href|url\(|@import|<image|<foreignObject", text)


def test_every_colour_that_is_used_is_defined_for_light_and_for_dark(topology: Topology) -> None:
    text = picture(topology)
    light, dark = (set(re.findall(r"--([a-z0-9]+):", sheet)) for sheet in text.split("@media")[:2])
    assert set(re.findall(r"var\(--([a-z0-9]+)\)", text)) <= light
    assert light == dark


def test_the_same_stack_is_drawn_the_same(topology: Topology) -> None:
    again = replace(topology, ways=tuple(sorted(topology.ways)), parts=tuple(topology.parts))
    assert picture(topology) == picture(again)


def test_no_part_lies_on_another_and_all_are_in_the_picture(topology: Topology) -> None:
    layout = lay_out(topology)
    drawn_parts = {part.key for part in topology.parts if part.kind != "gateway"}
    assert layout.boxes.keys() == drawn_parts
    svg = root_of(picture(topology))
    whole = Box(x=0, y=0, width=int(svg.get("width", 0)), height=int(svg.get("height", 0)))
    for one, other in itertools.combinations(layout.boxes.values(), 2):
        assert apart(one, other)
    assert all(inside(box, whole) for box in layout.boxes.values())


def apart(one: Box, other: Box) -> bool:
    level = one.right <= other.x or other.right <= one.x
    return level or one.bottom <= other.y or other.bottom <= one.y


def inside(small: Box, big: Box) -> bool:
    within = big.x <= small.x and small.right <= big.right
    return within and big.y <= small.y and small.bottom <= big.bottom


def test_words_fit_into_their_boxes(topology: Topology) -> None:
    assert "\N{HORIZONTAL ELLIPSIS}" not in picture(topology)


def test_a_long_word_is_cut_rather_than_run_out_of_its_box() -> None:
    topology = reading("phase1")
    edge = topology.of("distribution")[0]
    long = replace(edge, details=("books.of.a.very.long.name.example.com",))
    parts = tuple(long if part.key == edge.key else part for part in topology.parts)
    assert ">books.of.a.very.long.\N{HORIZONTAL ELLIPSIS}<" in picture(replace(topology, parts=parts))


def test_what_is_in_the_vpc_is_inside_its_frame_and_nothing_else(topology: Topology) -> None:
    layout = lay_out(topology)
    frames = {frame.kind: frame.box for frame in layout.frames}
    for part in topology.parts:
        if part.key not in layout.boxes or part.kind == "internet":
            continue
        belongs = part.place.value in ("private", "database", "public")
        assert ("vpc" in frames and inside(layout.boxes[part.key], frames["vpc"])) == belongs, part.key
        if belongs and part.place.value in frames:
            assert inside(layout.boxes[part.key], frames[part.place.value]), part.key


def test_every_way_from_a_function_joins_the_lane_of_what_it_reaches(topology: Topology) -> None:
    layout = lay_out(topology)
    joined = list(dots(picture(topology)))
    for way in topology.ways:
        if topology.part(way.caller).kind == "function":
            assert joins(way.caller, way.callee, layout, joined), way
    assert len(joined) == sum(topology.part(way.caller).kind == "function" for way in topology.ways)


def dots(text: str) -> Iterator[tuple[int, int]]:
    for circle in root_of(text).iter(f"{SVG}circle"):
        yield int(circle.get("cx", 0)), int(circle.get("cy", 0))


def joins(caller: str, callee: str, layout: Layout, joined: list[tuple[int, int]]) -> bool:
    box, lane = layout.boxes[caller], layout.columns.lane(callee)
    return any(x == lane and box.y < y < box.bottom for x, y in joined)


def test_lanes_stand_between_the_functions_and_the_data() -> None:
    for stack in ("phase1", "enhanced", "phase2", "everything"):
        topology = reading(stack)
        layout = lay_out(topology)
        functions = [layout.boxes[part.key] for part in topology.of("function")]
        data = [layout.boxes[part.key] for part in topology.of("table", "database")]
        for callee in layout.columns.callees:
            assert max(box.right for box in functions) < layout.columns.lane(callee) < min(box.x for box in data)


def test_names_cannot_break_out_of_the_picture() -> None:
    topology = reading("phase1")
    evil = replace(topology.of("table")[0], name='<b>&"', details=("</svg>",))
    parts = tuple(evil if part.key == evil.key else part for part in topology.parts)
    svg = root_of(picture(replace(topology, parts=parts, stack="a<b", watching=("<i>",)), notes=["</desc>"]))
    words = [element.text for element in svg.iter(f"{SVG}text")]
    assert {'<b>&"', "</svg>", "a<b", "<i>", "</desc>"} <= set(words)


def test_what_is_new_is_pointed_out() -> None:
    topology = reading("enhanced")
    svg = root_of(picture(topology, added={"instance-database-instance"}))
    marked = [group for group in svg.iter(f"{SVG}g") if "added" in str(group.get("class"))]
    assert [next(group.iter(f"{SVG}text")).text for group in marked] == ["PostgreSQL 15"]
