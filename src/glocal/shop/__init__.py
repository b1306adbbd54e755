"""The application's state: one module per noun."""
