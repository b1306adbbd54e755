"""Jobs: one plate on one machine, once."""
