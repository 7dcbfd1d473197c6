"""Notes in the margin: what was marked, where it stands in each revision, and what is said of it.

models.py        Annotation, Placement, Label, Origin
anchoring/       pure: where a passage of the old text stands in the new one
actions/         publish (the one door for texts), making and changing notes, placing them by hand, importing them
forecast.py      what publishing a draft would do to notes, before anything is written
wording.py       pure: what became of words, for people to read
noted.py         where a note stood in a revision, for its page
notebook/        everything one has marked and noted over all courses, found and taken along
jsonld/          notes as the W3C's Web Annotation Data Model has them, out and in
pages/           what is asked of notes over HTTP
"""
