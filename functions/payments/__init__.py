"""Taking money: what a provider of payments does for the shop, and one that only plays it."""
