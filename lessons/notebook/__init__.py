"""A user's annotations across all courses: searched, listed, and exported.

filters.py          the filter of the list, and how text is searched for
access.py           which pages of its lesson an annotation's author can open now, and whether they can write there
entries.py          the annotations, ready to be shown or exported
lesson_comments.py  the comments on whole lessons, which come after them
exports.py          Markdown, CSV and JSON-LD, a batch at a time
views.py            the list and its exports over HTTP
"""
