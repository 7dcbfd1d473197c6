"""Writes to discussions. Callers check permissions; what may change meanwhile is checked under the thread's lock."""
