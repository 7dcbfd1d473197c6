"""Everything somebody marked and noted, over all courses: found, listed, and taken along.

wishes.py     what a list is asked for, and how words are searched for
doors.py      what of a note's lesson its author may open now, and whether they may write there
entries.py    the notes, ready to be shown or written
exports.py    Markdown, CSV and JSON-LD, a batch at a time
"""
