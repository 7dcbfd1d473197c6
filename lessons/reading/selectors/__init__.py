"""What the pages of the course website read from the database."""
