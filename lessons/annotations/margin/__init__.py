"""What stands beside a text: the positions of its annotations for the painter, their cards, and their counts."""
