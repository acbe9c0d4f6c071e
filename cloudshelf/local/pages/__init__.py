"""`/_local/`: what goes on in the local cloud, as a page."""
