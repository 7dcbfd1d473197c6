"""Users, seats, groups, invitations and the log: for the site's administrators."""
