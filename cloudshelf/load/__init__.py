"""Shoppers by the dozen: they search, fill carts, buy and cancel, and remember what they were told."""

from cloudshelf.load.audit import Audit, audit
from cloudshelf.load.ledger import Copies, Sale, Unclear
from cloudshelf.load.load import Load
from cloudshelf.load.measures import Event, Figures
from cloudshelf.load.outcome import Outcome

__all__ = ["Audit", "Copies", "Event", "Figures", "Load", "Outcome", "Sale", "Unclear", "audit"]
