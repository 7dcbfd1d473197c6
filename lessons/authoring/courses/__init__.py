"""Courses, their modules, and what belongs to a module: terms, events, prompts."""
