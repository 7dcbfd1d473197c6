"""Tags: one tag for a name, however it is written (`Émile`, `émile`), on every database."""
