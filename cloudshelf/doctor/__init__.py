"""Whether a stack can be deployed from here, into this account."""
