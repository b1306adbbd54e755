"""Money: how an order is paid, and its books."""
