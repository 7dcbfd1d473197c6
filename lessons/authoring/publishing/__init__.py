"""What publishing does to notes: looked at before, and put right by hand before or after."""
