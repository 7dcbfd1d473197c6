"""Process conditional comments, with which Word shows content to some programs only. Pure, linear in length."""

import re

START = "<!--[if"
END = "<![endif]-->"
MAX_CONDITION = 200
# Which browsers treat as comments: `<![if !supportLists]>`, `<!--[if !supportLists]-->`, `<!--[endif]-->`.
MARKS = re.compile(r"<!--\[(?:if\b[^\]]{0,200}|endif)\]-->|<!\[(?:if\b[^\]]{0,200}|endif)\](?:--)?>")
FRAGMENT = re.compile(r"<!--(?:Start|End)Fragment-->")


def without_conditions(html: str) -> str:
    """Return `html` without conditional comments and content that only other programs show.

    Content that browsers show stays: the bullet in `<!--[if !supportLists]-->·<!--[endif]-->`.
    """
    if "[endif]" not in html and "Fragment-->" not in html:
        return html
    return MARKS.sub("", _without_hidden(FRAGMENT.sub("", html)))


def _without_hidden(html: str) -> str:
    """Remove `<!--[if gte mso 9]>…<![endif]-->`, a single comment for browsers."""
    pieces: list[str] = []
    kept = position = 0
    while (start := html.find(START, position)) >= 0:
        position = start + len(START)
        opened = html.find("]", start, start + MAX_CONDITION)
        if opened < 0 or not html.startswith("]>", opened):
            continue
        end = html.find(END, opened)
        if end < 0:
            break
        pieces.append(html[kept:start])
        kept = position = end + len(END)
    return "".join([*pieces, html[kept:]])
