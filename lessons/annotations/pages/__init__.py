"""The pages of notes: making one and changing it."""
