"""The shop's own data, given out whole."""
