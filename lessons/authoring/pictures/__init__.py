"""Images of a course: taken in, described, and put into a text."""
