"""Courses, their modules, and the items of a module: terms, events, prompts."""
