"""The Django admin as the place where instructors write their courses."""
