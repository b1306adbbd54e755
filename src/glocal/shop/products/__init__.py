"""Designs that the shop sells."""
