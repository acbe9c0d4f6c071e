"""Moves a shop from one stack to another: loads it, keeps up with it, compares it, and brings changes back."""
