"""CloudShelf: the operator's tools, among them the shop on this machine."""
