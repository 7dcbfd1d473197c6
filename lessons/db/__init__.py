"""How the database is asked quickly. Knows no model."""
