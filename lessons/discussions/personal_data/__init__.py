"""What of conversations is one person's own: collected for them, and forgotten with them."""
