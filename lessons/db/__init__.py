"""What every package needs from the database: fast queries, ids, pagination, triggers, idempotent forms.

It imports no model of another package. Its own model refers to users only through `settings.AUTH_USER_MODEL`.
"""
