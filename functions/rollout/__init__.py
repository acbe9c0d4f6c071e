"""Has the schema applied where nothing inside the VPC leads to the master user's secret."""
