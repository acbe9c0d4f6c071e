"""The local cloud: the same Pulumi program, its resources made real on this machine."""
