"""API Gateway on this machine: enforces what the program deployed."""
