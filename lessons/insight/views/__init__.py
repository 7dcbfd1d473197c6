"""Pages for a course's staff, and of a member's own work."""
