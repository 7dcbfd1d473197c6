"""Courses and modules as files: the pages that export them, and import them after a preview."""
