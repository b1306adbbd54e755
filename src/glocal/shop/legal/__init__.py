"""The papers of each order: what the law asks, derived from the order itself. Assistance, not legal advice."""
