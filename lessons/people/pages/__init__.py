"""Pages about oneself and about other people."""
