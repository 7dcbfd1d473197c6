"""Checks of a lesson: their list beside its text, their form, and their places in the draft."""
