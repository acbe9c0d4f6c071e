"""VPCs on this machine: what a function's sockets reach, by what the program declares."""
