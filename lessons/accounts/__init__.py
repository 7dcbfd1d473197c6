"""User accounts: profiles, signing in, and each user's language and appearance."""
