"""What surrounds signing in: what pages look like to whom, how long answers take, which passwords are good."""
