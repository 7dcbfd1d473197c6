"""My data, erasing, a course's log, and closing a course."""
