"""What stands on a page: the outline, the dressed text, and what stands beside it."""
