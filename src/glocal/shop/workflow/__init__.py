"""The durable path of an order: workflows, their steps and the watch over printers."""
