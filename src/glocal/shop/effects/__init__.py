"""Effects that happen once, however often their step runs."""
