"""What came out of each job, and what was learnt from it."""
