"""Lessons and modules moved or copied to another place: within a module, to another module, to another course.

What members have written about a lesson, and how far they have read, belongs to their course. So a lesson or a module
that has any of it stays in its course: it can be copied instead.
"""
