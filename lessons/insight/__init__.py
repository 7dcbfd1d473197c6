"""Insight: where a class struggles with its texts, for its staff, and what each member has done in a course."""
