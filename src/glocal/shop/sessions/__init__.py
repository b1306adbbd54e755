"""Design sessions: customer and shop shape one design together."""
