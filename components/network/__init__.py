"""Where functions and the database are, and who may talk to whom."""
