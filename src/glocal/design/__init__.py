"""What the customer shapes: parameters, geometry, printability."""
