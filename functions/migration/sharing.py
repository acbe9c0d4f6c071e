"""How many copies of a book belong on the target's side."""

# Of a hundred copies so many may be on the wrong side before they are moved.
SLACK = 10


def wanted_here(here: int, whole: int, weight: int) -> int:
    """Of the `whole`, `here` of which are here: as many as shoppers in a hundred, and what is near that stays.

    A side with shoppers has a copy as soon as there are two; at 0 and 100 all of them are on one side.
    """
    if weight in (0, 100):
        return whole if weight else 0
    share = (whole * weight + 50) // 100
    if whole >= 2:
        share = max(1, min(whole - 1, share))
    ran_out = (here == 0 and share > 0) or (here == whole and share < whole)
    return share if ran_out or abs(share - here) * 100 > whole * SLACK else here
