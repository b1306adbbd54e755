"""Who makes it: makers, capabilities, matching with reasons."""
