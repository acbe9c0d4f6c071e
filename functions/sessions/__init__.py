"""Sessions of visitors who have not signed in."""
