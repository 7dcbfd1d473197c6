"""Lessons and case studies: their form, preview, publishing and history."""
