"""What the owner sees first: what needs them, what is made today, what the week brought."""
