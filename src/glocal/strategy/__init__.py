"""Which step pays: a simulated neighbourhood, the owner's questions, and known results that it is held against."""
