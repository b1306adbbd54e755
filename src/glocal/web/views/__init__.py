"""One module per page: parse, call the shop, render."""
