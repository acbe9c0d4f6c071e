"""What keeps a row from being moved, or a step from being done."""


class Fault(Exception):
    """A value that has no place on the other side. The message names the attribute and says what is wrong."""


class Refused(Exception):
    """A step that must not be done now. The message says why and what to do."""


class Conflict(Refused):
    """The state changed since it was read."""
