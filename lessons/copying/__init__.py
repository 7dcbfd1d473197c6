"""Copies of modules and courses, and of the images that they use."""
