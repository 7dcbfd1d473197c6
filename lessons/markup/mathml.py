"""Pure: the MathML allowed in a text: presentation elements, and harmless attributes.

No element is a link, loads anything or listens to events, and no length is large, so that a formula stays in its
place. `<annotation>` is not allowed, because its text would duplicate that of the formula; the TeX of a formula
is the `alttext` of its `<math>`.
"""

import re

from lessons.markup.tex_delimiters import delimited

ELEMENTS = set(
    "math mrow mi mn mo mtext ms mspace mfrac msqrt mroot mstyle mpadded mphantom msub msup msubsup munder mover "
    "munderover mmultiscripts mprescripts mtable mtr mtd menclose".split()
)
# Elements that only contain text.
TOKENS = {"mi", "mn", "mo", "mtext", "ms"}
# Elements that are removed with their content.
HIDDEN_ELEMENTS = {"annotation", "annotation-xml"}
ATTRIBUTES = {
    "math": {"alttext", "display"},
    "mi": {"mathvariant"},
    "mn": {"mathvariant"},
    "mo": set(
        "form fence separator stretchy symmetric largeop movablelimits accent lspace rspace minsize maxsize".split()
    ),
    "mtext": {"mathvariant"},
    "mspace": {"width", "height", "depth"},
    "mpadded": {"width", "height", "depth", "lspace", "voffset"},
    "mstyle": {"displaystyle", "scriptlevel"},
    "mfrac": {"linethickness"},
    "munder": {"accentunder"},
    "mover": {"accent"},
    "munderover": {"accent", "accentunder"},
    "mtable": {"displaystyle", "columnalign", "columnlines", "rowlines"},
    "mtd": {"columnspan", "rowspan", "columnalign"},
    "menclose": {"notation"},
}
WORDS = re.compile(r"[a-z-]{1,20}(?: [a-z-]{1,20}){0,30}")
# Lengths up to a few letters, or less than one letter if negative.
LENGTH = re.compile(r"-?0?\.\d{1,6}(?:em|ex)|\+?[0-3]?(?:\.\d{1,6})?(?:em|ex)|[0-9](?:\.\d{1,4})?pt|0|\d{1,3}%")
LENGTHS = set("lspace rspace minsize maxsize width height depth voffset linethickness".split())
# Smaller, never larger, since sizes multiply in nested elements.
SCRIPT_LEVEL = re.compile(r"\+?[0-3]")
SPAN = re.compile(r"[1-9]\d?")
PATTERNS = {
    **dict.fromkeys(LENGTHS, LENGTH),
    "scriptlevel": SCRIPT_LEVEL,
    "columnspan": SPAN,
    "rowspan": SPAN,
}
FORMULA = re.compile(r'<math(?: (?:[^>"]|"[^"]*")*+)?>.*?</math>', re.DOTALL)
ALTTEXT = re.compile(r'\salttext="([^"]*)"')
TAG = re.compile(r'(<(?:[^>"]|"[^"]*")*>)')
NAME = re.compile(r"</?([\w-]+)")


def keep_attribute(tag: str, name: str, value: str) -> str | None:
    """Return the value of a MathML attribute if it is harmless, otherwise None."""
    if name in {"alttext", "id", "lang", "dir"}:
        return value
    return value if PATTERNS.get(name, WORDS).fullmatch(value) else None


def only_mathml(html: str) -> str:
    """Return cleaned HTML, as serialised by nh3, without other elements in `<math>`. Linear in its length.

    An HTML parser accepts HTML elements in `<mtext>` and the like, such as links and images.
    """
    if "<math" not in html:
        return html
    pieces = TAG.split(html)
    depth = 0
    for n in range(1, len(pieces), 2):
        match = NAME.match(pieces[n])
        name = match[1] if match else ""
        is_end = pieces[n].startswith("</")
        if name == "math" and is_end:
            depth -= 1
        if depth and (name == "math" or name not in ELEMENTS):
            pieces[n] = ""
        if name == "math" and not is_end:
            depth += 1
    return "".join(pieces)


def formulas_as_tex(html: str) -> str:
    """Return sanitised HTML with each formula that has TeX replaced by `$TEX$`. Linear in its length."""
    return FORMULA.sub(_as_tex, html) if "<math" in html else html


def _as_tex(formula: re.Match) -> str:
    alttext = ALTTEXT.search(formula[0].partition(">")[0])
    return delimited(alttext[1]) if alttext else formula[0]
