"""What customer and shop write to each other about an order."""
