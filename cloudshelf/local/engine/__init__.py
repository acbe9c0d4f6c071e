"""The local cloud behind the real Pulumi engine, in place of Pulumi's AWS provider."""
