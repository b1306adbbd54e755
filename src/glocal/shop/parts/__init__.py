"""Parts that were built once and are kept by their content hash."""
