"""The shop's region, and each design as it is adapted to it."""
