"""How often Python looks for garbage. The Pulumi SDK alone is millions of objects that never go."""

import gc

USUAL = gc.get_threshold()


def look_seldom() -> None:
    """For what is done in seconds: looking through all objects again and again was a third of a stack's start."""
    gc.set_threshold(100_000, 50, 100)


def look_at_what_is_new() -> None:
    """For what runs on: whatever is there by now stays, and is not looked at again."""
    gc.freeze()
    gc.set_threshold(*USUAL)
