"""Boxes and their sides. Pixels, from the upper left corner."""

from dataclasses import dataclass

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
