"""Discussions of a course: in its forum, on lessons, and on the notes in their margin."""
