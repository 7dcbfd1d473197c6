"""Tags: one tag a word, however it is written (`Émile`, `émile`), on every database."""
