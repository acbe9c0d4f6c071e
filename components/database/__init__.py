"""PostgreSQL on RDS, its schema, and the one way in."""
