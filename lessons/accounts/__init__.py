"""User accounts: who somebody is, how they sign in, and how the site looks to them."""
