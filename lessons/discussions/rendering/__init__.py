"""Posts and lists of threads as HTML. No queries here."""
