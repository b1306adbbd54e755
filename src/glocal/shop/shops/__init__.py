"""The shop itself: its place, its terms, what it offers."""
