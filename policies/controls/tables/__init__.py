"""The rows, a module for each group of AWS services."""

from importlib import import_module
from pkgutil import iter_modules

from ..control import Control

MODULES = tuple(import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__))
CONTROLS: tuple[Control, ...] = tuple(sorted((row for each in MODULES for row in each.ROWS), key=lambda row: row.id))
