"""Keeping a site running: backup, restore, drill, moving to another database, checks."""
