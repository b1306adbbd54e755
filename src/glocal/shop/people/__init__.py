"""Who runs the shop: signing in, and inviting makers."""
