"""What a stack has while a shop moves to it from another one, and what sends shoppers there."""
