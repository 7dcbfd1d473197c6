"""The pages of the course website, a file a kind."""
