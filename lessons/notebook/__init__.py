"""Everything somebody annotated, over all courses: found, listed, and exported.

filters.py          the filter of the list, and how text is searched for
access.py           what of an annotation's lesson its author may open now, and whether they may write there
entries.py          the annotations, ready to be shown or written
lesson_comments.py  the comments on whole lessons, which come after them
exports.py          Markdown, CSV and JSON-LD, a batch at a time
views.py            the list and its exports over HTTP
"""
