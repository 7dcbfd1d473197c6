"""What stands beside a text: the places of its notes for the painter, their cards, and how many there are."""
