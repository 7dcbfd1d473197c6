"""The review of an import: one JSON document, changed by pure functions that take a review and return a new one.

    {"title", "original_title"?, "summary", "sections": [SECTION], "omissions": [OMISSION], "edits": {block: BLOCK},
     "images": {uid: {"alt", "is_decorative"}}, "missing": [str], "word_count": int,
     "glossary": [ITEM], "timeline": [ITEM], "tags": [ITEM], "prompts": [ITEM],
     "reimport"?: see reimport_choice.py}
    SECTION = {"id", "heading", "original_heading"?, "level", "kind", "facts": {…}, "generated": bool,
               "blocks": [block]}
    OMISSION = {"id", "reason", "blocks": [block], "after": PLACE, "home"?: id}
             | {"id", "reason", "section": SECTION, "after": id}
             | {"id", "reason", "heading": SECTION, "before": block, "after": id}
    ITEM = {"id", "accepted", "evidence", "confidence", "section": id or "", …}

The blocks themselves, {id: {"type", "text", "html"}}, are stored with the review (`ArticleText`) and never change: a
review refers to them by their ids, b1, b2, … in the order of the text, x1, x2, … for what the reader left out. Blocks
edited by the instructor are in `edits`. So a review is small, and an undo step is another small document.

Sections are a flat list in the order of the text; their levels, 1 to MAX_DEPTH, say how they are nested. A section of
kind lesson or case_study starts a lesson of its own; one of kind section is a heading inside the lesson before it.
`generated` sections have a heading that is not in the article. PLACE says what an omission followed: a
block, the heading of a section, "" for nothing, or None if that is not known.

    state.py            the initial document for an article
    completeness.py     whether all of the article is in the sections or listed as left out
    blocks.py           the blocks of an article by id; editing one
    paragraph_text.py   converts a block to editable text and back
    sections.py         rename, set kind, promote, demote, move, merge, split, omit
    selection.py        the same for several sections at once
    omissions.py        leaving out a block; putting back what was left out
    suggestions.py      accept, reject, edit
    images.py           the alternative texts of images
    reimport_choice.py  for an article imported before: update its module, or create a new one
    carry_over.py       decisions carried over from the previous review
    form.py             applies one HTML form with all of this
    history.py          steps: undo and redo
    texts.py            the lessons and case studies made from the document
"""
