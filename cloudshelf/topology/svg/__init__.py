"""A topology as SVG."""

from cloudshelf.topology.svg.picture import picture

__all__ = ["picture"]
