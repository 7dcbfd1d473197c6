"""Pages that one writes on: a new thread, its name, and what is kept meanwhile."""
