"""Asking for one's data, erasing somebody, closing a course and emptying it."""
