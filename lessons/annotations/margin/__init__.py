"""What is shown beside a text: the positions of its annotations for the page's script, their cards and counts."""
