"""The local cloud behind the real Pulumi engine."""
