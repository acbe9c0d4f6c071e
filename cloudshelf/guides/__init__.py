"""The parts of the guides that the program knows better: costs, alarms, tables, rules, settings."""
