"""Writes to conversations. Callers have checked who may; what may change meanwhile is checked under the lock."""
