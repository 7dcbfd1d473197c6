"""Notifications: pages, feed and e-mail digests."""
