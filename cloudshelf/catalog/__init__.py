"""A shop's own books: read from a file, checked, and put into the catalogue through the admin API."""
