"""Progress: which lessons somebody has opened and completed, and how far they have read."""
