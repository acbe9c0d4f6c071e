"""What the planning documents ask for, and what shows that it is so."""
