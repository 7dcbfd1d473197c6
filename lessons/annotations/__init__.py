"""Notes in the margin: what was marked, where it stands in each revision, and what is said of it.

models.py        Annotation, Placement, Label, Origin
anchoring/       pure: where a passage of the old text stands in the new one
actions/         publish (the one door for texts), making and changing notes, placing them by hand, importing them
jsonld/          notes as the W3C's Web Annotation Data Model has them, out and in
pages/           what is asked of notes over HTTP
"""
