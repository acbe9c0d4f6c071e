"""CloudWatch's metrics as far as this machine can know them, and the declared alarms and dashboards over them."""
