"""RDS on this machine: a real PostgreSQL server, and the login with IAM tokens in front of it."""
