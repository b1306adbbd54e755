"""What the network knows: each shop's signed log, and what can be learnt from all of them."""
