"""Getting into a course, and who is in it: invitations, rosters, members, groups, and who may do what."""
