"""What is asked of notes over HTTP."""
