"""Workers that carry orders, and their heartbeats."""
