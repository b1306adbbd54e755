"""What a region wants: wishes, choices, preferences."""
