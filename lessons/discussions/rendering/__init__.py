"""Render posts and thread lists as HTML, without queries."""
