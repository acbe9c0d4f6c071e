"""Runbooks that run: something breaks on the local cloud while shoppers buy, and is put right."""
