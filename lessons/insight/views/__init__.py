"""Pages for a course's staff."""
