"""Moves a living shop from one stack to another: what is done when, and what is told about it."""
