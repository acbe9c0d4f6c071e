"""CloudFront on this machine: one HTTP server in front of the site bucket and the API."""
