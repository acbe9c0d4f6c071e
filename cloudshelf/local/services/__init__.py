"""AWS's APIs as functions find them: signed calls, allowed by the caller's role, and nothing else."""
