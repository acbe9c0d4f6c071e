"""The picture of a stack, drawn from its resource graph."""
