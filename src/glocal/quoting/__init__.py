"""What one piece costs and when it is ready, and why."""
