"""The Django admin, made the authoring place of instructors."""
