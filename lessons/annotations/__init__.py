"""Notes on passages. So far `actions.publish`, the one door by which a text reaches its readers, and `anchoring`:
where a passage of one revision stands in the next."""
