"""Importing an article: the form, the review, and the preview of an update."""
