"""The pages where staff manage members, groups and invitations, and where others accept an invitation."""
