"""Managing who is in a course: members, groups, invitations, rosters, and viewing the course as a learner."""
