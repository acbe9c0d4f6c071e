"""The catalogue: browsing, search, categories, best sellers."""
