"""The pages of the course website, and what machines fetch of it."""
