"""A lesson’s notes for other programs, after the W3C’s Web Annotation Protocol, and as one file to take along."""
