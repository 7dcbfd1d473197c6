"""The pages of the course website, and its feeds and files."""
