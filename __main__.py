"""CloudShelf: the stack's name chooses the phase."""

import pulumi

from phases import build
from settings import Settings

settings = Settings.load(pulumi.get_stack())
for key, value in build(settings).items():
    pulumi.export(key, value)
