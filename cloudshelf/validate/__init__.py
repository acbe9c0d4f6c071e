"""Whether a shop that runs does what it is to do: its story, who may do what, limits, objectives, alarms."""
