"""Lessons and case studies: their forms, the editor, their history."""
