"""What the law asks about one piece, derived from its order: assistance, not legal advice."""
