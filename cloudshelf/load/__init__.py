"""Shoppers by the dozen: they search, fill carts, buy and cancel, and remember what they were told."""

from cloudshelf.load import raw
from cloudshelf.load.audit import Audit, audit
from cloudshelf.load.load import Load
from cloudshelf.load.results import Copies, Event, Figures, Outcome, Sale, Unclear

__all__ = ["Audit", "Copies", "Event", "Figures", "Load", "Outcome", "Sale", "Unclear", "audit", "raw"]
