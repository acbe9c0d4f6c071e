"""AWS Lambda on this machine: real processes under AWS's own runtime client."""
