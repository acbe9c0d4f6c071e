"""What takes many at once, and a while."""
