"""What the local cloud makes of each resource type the program declares: a module per AWS service."""
