"""Tags that ignore case (`Émile`, `émile`), on every database."""
