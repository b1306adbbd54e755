"""What the network knows: signed log, records."""
