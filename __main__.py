"""CloudShelf: the stack's name chooses the phase."""

import pulumi

from phases import BUILDERS
from settings import Settings

settings = Settings.load(pulumi.get_stack())
for key, value in BUILDERS[settings.phase](settings).items():
    pulumi.export(key, value)
