"""What the shop shared in its signed log."""
