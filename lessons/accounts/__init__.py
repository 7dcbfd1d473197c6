"""Who learns with whom: users, courses, memberships, groups, and the log of what staff did."""
