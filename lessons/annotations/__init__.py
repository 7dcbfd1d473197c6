"""Notes on passages. So far only `actions.publish`, the one door by which a text reaches its readers."""
