"""The review of an import: one JSON document, changed by pure functions, `state -> state`.

    {"title", "summary", "sections": [SECTION], "left_out": [{"text", "why", "section"?, "after"?, "merged"?}],
     "glossary": [ITEM], "timeline": [ITEM], "tags": [ITEM], "prompts": [ITEM], "letters": {"a": 1, …},
     "again"?: see again.py}
    SECTION = {"id", "heading", "level", "kind", "facts": {…}, "ours": bool,
               "blocks": [{"type", "text", "html"}]}
    ITEM = {"id", "accepted", "evidence", "confidence", "section": id or "", …}

Sections are a flat list in the order of the text; the nesting is in their levels, 1 to DEEPEST. A section of kind
lesson or case_study begins a text of its own; one of kind section is a heading inside the text before it.

    state.py        the document out of an article; whether every letter is still in it
    sections.py     rename, kind, promote, demote, move, merge, split, drop, restore
    suggestions.py  accept, reject, edit
    again.py        the article was imported before: update that module, or make a new one
    carrying.py     what the review of the time before decided
    form.py         all of it out of one HTML form
    texts.py        the lessons and case studies that the document makes
"""
