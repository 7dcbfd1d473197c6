"""What is one person's own: collected for them, and taken out of the portal when they are erased."""
