"""Customers who want to see all that they ordered and shaped in one place. Guests need none of it."""
