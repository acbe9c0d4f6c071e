"""The parts of the documentation that are generated: tables and pictures."""
