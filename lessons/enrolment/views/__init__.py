"""The pages of a course's people."""
