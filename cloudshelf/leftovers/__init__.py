"""What of a stack is still in an account."""
