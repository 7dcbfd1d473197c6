"""Notes in the margin: what was marked, where it stands in each revision, and what is said of it.

models.py        Annotation, Placement, Label, Origin
anchoring/       pure: where a passage of the old text stands in the new one
actions/         publish (the one door for texts), making and changing notes, placing them by hand, importing them
forecast.py      what publishing a draft would do to notes, before anything is written
wording.py       pure: what became of words, for people to read
noted.py         where a note stood in a revision, for its page
notebook/        everything one has marked and noted over all courses, found and taken along
blocks.py        pure: the paragraphs of a revision, each of which can be noted without script
margin/          where the notes of a lesson stand, and their cards, for the page's script and the list
pages/           making a note, changing it, the margin and the list over HTTP
jsonld/          notes as the W3C's Web Annotation Data Model has them, out and in
protocol/        the same over HTTP: each annotation's IRI, a lesson's container, export and import
"""
