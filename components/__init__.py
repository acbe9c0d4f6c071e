"""The parts a phase is built from. A component knows no phase and no settings: its arguments say it all."""
