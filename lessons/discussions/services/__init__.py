"""Write discussions. Callers check permissions; what may change in the meantime is checked under the thread's lock."""
