"""The back office: catalogue upkeep, stock, everybody's orders."""
