"""Read discussions: thread lists, the thread page, and what is new for a user."""
