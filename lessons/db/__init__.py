"""What every package needs of the database: fast queries, ids, pagination, triggers, idempotent forms.

It knows no model of another package. Its own, of the app `db`, leads to people by `settings.AUTH_USER_MODEL` alone.
"""
