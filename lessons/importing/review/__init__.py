"""The review of an import: one JSON document, changed by pure functions that take a review and return a new one.

    {"title", "original_title"?, "summary", "sections": [SECTION], "omissions": [OMISSION],
     "glossary": [ITEM], "timeline": [ITEM], "tags": [ITEM], "prompts": [ITEM], "characters": {"a": 1, …},
     "reimport"?: see reimport_choice.py}
    SECTION = {"id", "heading", "original_heading"?, "level", "kind", "facts": {…}, "generated": bool,
               "blocks": [{"type", "text", "html"}]}
    OMISSION = {"text", "reason", "section"?: SECTION, "after"?: id, "merged"?: true}
    ITEM = {"id", "accepted", "evidence", "confidence", "section": id or "", …}

Sections are a flat list in the order of the text; their levels, 1 to MAX_DEPTH, say how they are nested. A section of
kind lesson or case_study starts a lesson of its own; one of kind section is a heading inside the lesson before it.
`generated` sections have a heading that the article itself does not have.

    state.py            the document made of an article; whether it still contains every character
    sections.py         rename, set kind, promote, demote, move, merge, split, omit, restore
    suggestions.py      accept, reject, edit
    reimport_choice.py  for an article imported before: update its module, or create a new one
    carry_over.py       decisions taken over from the previous review
    form.py             all of this from one HTML form
    texts.py            the lessons and case studies that the document makes
"""
