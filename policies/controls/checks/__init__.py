"""Rules too long for a table's row, a module for each group of services."""
