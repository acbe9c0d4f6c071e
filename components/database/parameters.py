"""What the PostgreSQL server is told."""

import pulumi_aws as aws

FAMILY = "postgres15"

PARAMETERS: list[aws.rds.ParameterGroupParameterArgsDict] = [
    # Nobody connects without TLS.
    {"name": "rds.force_ssl", "value": "1", "apply_method": "immediate"},
    # Changes of the schema are written down. Slow statements are not: their lines carry what was asked for.
    {"name": "log_statement", "value": "ddl", "apply_method": "immediate"},
    {"name": "log_min_duration_statement", "value": "-1", "apply_method": "immediate"},
    # A function that died in a transaction keeps its locks no longer.
    {"name": "idle_in_transaction_session_timeout", "value": "30000", "apply_method": "immediate"},
    # Who came and went, for the trail of a break-in.
    {"name": "log_connections", "value": "1", "apply_method": "immediate"},
    {"name": "log_disconnections", "value": "1", "apply_method": "immediate"},
]
