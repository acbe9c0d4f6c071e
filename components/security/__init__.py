"""Keys, firewalls and the account's watchers."""
