"""Prices that were given, frozen with everything that they were made of."""
