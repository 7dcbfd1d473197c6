"""Annotations over HTTP."""
