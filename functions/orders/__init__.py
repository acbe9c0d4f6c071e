"""Checkout and orders."""
