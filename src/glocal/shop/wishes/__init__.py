"""Wishes: what somebody asked for and nobody offers."""
