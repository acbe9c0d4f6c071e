"""Shoppers' profiles."""
