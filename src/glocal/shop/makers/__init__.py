"""Makers, their machines, printer connections and spools."""
