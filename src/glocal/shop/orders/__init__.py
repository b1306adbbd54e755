"""Orders, the pieces in them, and their timeline."""
