"""What stands on a page: the outline, the dressed text, what stands beside it; and how it is had quickly."""
