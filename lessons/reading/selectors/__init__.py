"""Database reads of the course website."""
