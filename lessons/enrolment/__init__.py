"""Users, seats, groups and the log: for the site's administrators."""
