"""An article becomes a module: readers (one a format), outline (pure), suggestions (pure), then one transaction."""
