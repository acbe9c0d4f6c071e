"""What CloudFront has in production: a name of its own, a firewall's list, logs."""
