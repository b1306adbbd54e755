"""Which step pays."""
