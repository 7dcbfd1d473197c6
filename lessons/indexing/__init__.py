"""The search index: terms, scope tokens and tables, on SQLite and PostgreSQL. It knows no other model."""
