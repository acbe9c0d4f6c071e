"""Colours, in the light and in the dark."""

from collections.abc import Iterator, Mapping, Sequence

# What reaches what, a colour for each callee: told apart by most colour-blind people too, and by position.
LIGHT = {
    "ground": "#ffffff",
    "ink": "#1b2430",
    "soft": "#5b6675",
    "card": "#ffffff",
    "edge": "#c9d1dc",
    "vpc": "#f3f6fb",
    "tier": "#e8eef8",
    "open": "#e9f5ec",
    "data": "#f6efe3",
    "added": "#1a7f37",
}
LIGHT_LANES = ("#0b6bcb", "#b8441a", "#1b7f4b", "#8a3fc2", "#a8760a", "#c02a63", "#0d7c86", "#5a6270")
DARK = {
    "ground": "#0f141b",
    "ink": "#e7ecf3",
    "soft": "#9aa6b5",
    "card": "#1a212c",
    "edge": "#3a4554",
    "vpc": "#141b26",
    "tier": "#1a2434",
    "open": "#16281d",
    "data": "#2a2318",
    "added": "#3fb950",
}
DARK_LANES = ("#5aa9f5", "#f08a5d", "#56c98a", "#c28bf0", "#e0b341", "#f277a4", "#4fc3cd", "#a3adba")
KINDS = {
    "function": "#d97706",
    "table": "#2f6fde",
    "database": "#2f6fde",
    "replica": "#2f6fde",
    "proxy": "#2f6fde",
    "distribution": "#7c4dcc",
    "api": "#7c4dcc",
    "nat": "#7c4dcc",
    "endpoints": "#7c4dcc",
    "site": "#2e8b57",
    "user-pool": "#c0392b",
}
FONT = "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif"


def style() -> str:
    """One sheet; a reader's own colour scheme chooses."""
    return (
        "<style>"
        f"svg{{{_colours(LIGHT, LIGHT_LANES)}font-family:{FONT};background:var(--ground)}}"
        f"@media (prefers-color-scheme:dark){{svg{{{_colours(DARK, DARK_LANES)}}}}}"
        f"{RULES}{''.join(_kinds())}{''.join(_lanes())}"
        "</style>"
    )


def lane(number: int) -> str:
    """The class of a lane; colours come round again after the last."""
    return f"lane{number % len(LIGHT_LANES)}"


def _colours(scheme: Mapping[str, str], lanes: Sequence[str]) -> str:
    named = {**scheme, **{lane(number): colour for number, colour in enumerate(lanes)}}
    return "".join(f"--{name}:{colour};" for name, colour in named.items())


def _kinds() -> Iterator[str]:
    for kind, colour in KINDS.items():
        yield f".{kind} .spine{{fill:{colour}}}"


def _lanes() -> Iterator[str]:
    for name in map(lane, range(len(LIGHT_LANES))):
        yield f".{name}{{stroke:var(--{name})}}.head.{name},.dot.{name}{{fill:var(--{name})}}"


RULES = (
    ".ground{fill:var(--ground)}"
    "text{fill:var(--ink);font-size:12px}"
    ".heading{font-size:20px;font-weight:650}"
    ".sub{fill:var(--soft);font-size:13px}"
    ".name{font-weight:600;font-size:13px}"
    ".detail,.note{fill:var(--soft);font-size:11px}"
    ".port{fill:var(--soft);font-size:11px;paint-order:stroke;stroke:var(--ground);stroke-width:3px}"
    ".card rect{fill:var(--card);stroke:var(--edge)}"
    ".card .spine{stroke:none;fill:var(--soft)}"
    ".frame rect{fill:var(--vpc);stroke:var(--edge)}"
    ".frame.private rect{fill:var(--tier)}"
    ".frame.public rect{fill:var(--open)}"
    ".frame.database rect,.frame.tables rect{fill:var(--data)}"
    ".frame .title{font-weight:600;font-size:12px;fill:var(--soft)}"
    ".added rect:first-of-type{stroke:var(--added);stroke-width:2.5px}"
    ".pill rect,.gate rect{fill:var(--card);stroke:var(--edge)}"
    ".pill text,.gate text{fill:var(--soft);font-size:11px}"
    ".halo{fill:none;stroke:var(--ground);stroke-width:5px;opacity:.65}"
    ".way{fill:none;stroke:var(--soft);stroke-width:1.8px;stroke-linejoin:round;stroke-linecap:round}"
    ".asks{stroke-dasharray:5 4}"
    ".head{fill:var(--soft);stroke:none}"
    ".dot{stroke:none}"
)
