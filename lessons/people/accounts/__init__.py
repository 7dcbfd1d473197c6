"""What surrounds signing in: its forms, how pages look to whom, how long answers take, which passwords are good."""
