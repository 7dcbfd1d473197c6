"""A module from an article: the page to paste or upload it, and the review of what was found in it."""
