"""Search what one may read: the query language, results, snippets, and their page."""
