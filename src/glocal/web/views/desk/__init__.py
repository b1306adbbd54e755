"""The owner's desk: one module per page."""
