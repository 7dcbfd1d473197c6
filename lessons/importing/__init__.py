"""Turn articles, and folders of Markdown, into modules."""
