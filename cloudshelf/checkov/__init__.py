"""checkov over the captured stacks, converted to what it reads."""
