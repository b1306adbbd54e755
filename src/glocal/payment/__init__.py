"""How money comes and goes: payment codes, hosted pages of payment firms, and books whose sums are conserved."""
