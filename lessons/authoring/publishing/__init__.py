"""Publishing drafts of lessons that have notes: previews, and placing notes by hand."""
