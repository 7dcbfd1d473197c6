"""Courses and the people in them: memberships, groups, invitations, rosters and the audit log."""
