"""Pages about personal data, for its owner; closing a course and its audit log, for its staff."""
