"""Other web sites that may show the shop in a frame."""
