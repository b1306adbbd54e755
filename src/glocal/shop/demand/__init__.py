"""What visitors chose and wished, as events of the region."""
