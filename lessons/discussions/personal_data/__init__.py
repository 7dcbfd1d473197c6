"""Personal data in discussions: export, erasure and redaction."""
