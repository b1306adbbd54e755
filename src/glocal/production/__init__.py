"""How it gets made: machines, materials, slicing, printers, outcomes."""
