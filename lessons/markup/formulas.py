r"""Pure: convert formulas from TeX or MathML to `<math alttext="TEX">`, the form in which they are stored.

A formula's TeX is in its `alttext`: the editor shows it, and exports write it. Its text is the text of its
MathML. TeX is converted by latex2mathml; only the elements and attributes that `mathml` allows are taken from its
result, and formulas that it cannot convert are shown as TeX.
"""

import re
import unicodedata
from functools import lru_cache
from html import unescape
from xml.etree.ElementTree import Element

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from latex2mathml.converter import Converter
from selectolax.lexbor import LexborHTMLParser, LexborNode

from lessons.markup import mathml
from lessons.markup.characters import clean_text
from lessons.markup.mathml_to_tex import tex_of
from lessons.markup.plain_text import plain_text
from lessons.markup.sanitise import InvalidText, sanitise
from lessons.markup.tex_delimiters import MAX_TEX
from lessons.markup.tex_dialects import DEFINITION, clean_tex, simplified

# The limit of characters of MathML, and weighted ones of TeX, in one text: some 20,000 formulas.
MAX_FORMULAS = 10_000_000
# The depth of elements in one formula: less than that of a text.
MAX_DEPTH = 40
UNKNOWN_COMMAND = re.compile(r"\\[a-zA-Z]*|&")
LETTER_REFERENCE = re.compile(r"&#x000[4-7][0-9A-F];")
VERTICAL_BARS = {"|", "‖"}
ESCAPED = re.compile(r"\\([#$%&_{}])")
# MathML with a character in it.
VISIBLE = re.compile(r"(?:^|>)[^<]")
VARIANTS = {
    "bold": "BOLD",
    "italic": "",
    "bold-italic": "BOLD ITALIC",
    "script": "SCRIPT",
    "bold-script": "BOLD SCRIPT",
    "fraktur": "FRAKTUR",
    "bold-fraktur": "BOLD FRAKTUR",
    "double-struck": "DOUBLE-STRUCK",
    "sans-serif": "SANS-SERIF",
    "bold-sans-serif": "SANS-SERIF BOLD",
    "monospace": "MONOSPACE",
}


def formula(tex: str, *, display: bool = False) -> SafeString:
    """Return `<math alttext="TEX">…</math>`, sanitised; empty for TeX without any character.

    TeX that cannot be converted is put into an `<mtext>`.
    """
    tex, display = clean_tex(clean_text(tex), display=display)
    return _formula(tex, display)


@lru_cache(maxsize=500)
def _formula(tex: str, display: bool) -> SafeString:
    if not tex:
        return mark_safe("")
    return wrap(tex, converted(tex, display=display) or _tag("mtext", {}, escape(tex)), display=display)


def formula_from_mathml(source: str, *, display: bool = False) -> SafeString:
    """Return `<math alttext="TEX">…</math>`, sanitised, for the HTML of a `<math>` element.

    TeX is taken from its annotation or its `alttext`, or generated from its MathML. If the TeX would not produce
    the same formula, its own MathML is kept. Empty for a formula without any character. Raise InvalidText for one
    that is nested very deeply.
    """
    page = LexborHTMLParser(f"<!doctype html><body>{source}")
    math = page.css_first("math")
    if math is None:
        return mark_safe("")
    tex, display = clean_tex(_tex_of(math), display=display or math.attributes.get("display") == "block")
    if tex:
        content = converted(tex, display=display) or _inner(sanitise(math.html or ""))
        return wrap(tex, content or _tag("mtext", {}, escape(tex)), display=display)
    original = _inner(sanitise(math.html or ""))
    tex = clean_text(tex_of(math))
    content = converted(tex, display=display)
    same = content and _letters(content) == _letters(original)
    return wrap(tex, content if same else original, display=display) if tex else mark_safe("")


def _tex_of(math: LexborNode) -> str:
    """Return the TeX in the annotation or `alttext` of a `<math>` element, empty if there is none."""
    for annotation in math.css("annotation"):
        if "tex" in (annotation.attributes.get("encoding") or "").lower():
            return clean_text(annotation.text(deep=True))
    return clean_text(math.attributes.get("alttext") or "")


def _letters(html: str) -> str:
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", plain_text(html))))


class FormulaLimit:
    """Limits the total time of converting the formulas of a text."""

    def __init__(self) -> None:
        self.length = 0

    def add(self, html: SafeString) -> SafeString:
        """Count a formula of the text and return it; raise InvalidText if there are too many."""
        self.length += len(html) + 8 * html.find(">")  # Long TeX takes long even if its MathML is short.
        if self.length > MAX_FORMULAS:
            raise InvalidText(_("This text has too many formulas. Split it and send the parts one by one."))
        return html


def _inner(math: str) -> str:
    """Return the content of the `<math>` element, sanitised, without white space between its elements."""
    start, end = math.find(">") + 1, math.rfind("</math>")
    return re.sub(r">\s+<", "><", math[start:end].strip()) if end >= 0 else ""


def wrap(tex: str, content: str, *, display: bool) -> SafeString:
    """Return a formula. content: sanitised MathML."""
    attributes = {"alttext": tex} | ({"display": "block"} if display else {})
    return mark_safe(_tag("math", attributes, content))


def escape(text: str) -> str:
    """Escape text in the same way as the sanitiser."""
    return text.replace("&", "&amp;").replace("\xa0", "&nbsp;").replace("<", "&lt;").replace(">", "&gt;")


def _tag(name: str, attributes: dict[str, str], content: str) -> str:
    written = "".join(f' {key}="{escape(value).replace(chr(34), "&quot;")}"' for key, value in attributes.items())
    return f"<{name}{written}>{content}</{name}>"


class _UnknownCommand(ValueError):
    """TeX contains a command that was not converted."""


def converted(tex: str, *, display: bool = False) -> str:
    """Return the content of `<math>` for TeX; empty if it cannot be converted."""
    if len(tex.encode()) > MAX_TEX or DEFINITION.search(tex):
        return ""
    simple = simplified(tex)
    if len(simple) > 3 * MAX_TEX:
        return ""
    try:
        tree = Converter(display="block" if display else "inline").convert_to_element(simple)
        content = _written(tree, MAX_DEPTH)
    except Exception:  # noqa: BLE001 - latex2mathml raises errors of many kinds, and RecursionError
        return ""
    return content if VISIBLE.search(content) else ""


def _written(element: Element, depth: int) -> str:
    """Return the children of an element as MathML, without rows of a single element."""
    return "".join(_element(child, depth) for child in element)


def _element(element: Element, depth: int) -> str:
    if depth <= 0:
        raise _UnknownCommand
    name = element.tag
    children = _written(element, depth - 1)
    if name == "mrow" and len(element) == 1:
        return children
    if name not in mathml.ELEMENTS:
        raise _UnknownCommand
    text, attributes = _text_of(element)
    if name in mathml.TOKENS and children:
        return _tag("mrow", {}, children)
    allowed = mathml.ATTRIBUTES.get(name, set())
    kept = {k: v for k, v in attributes.items() if k in allowed and mathml.keep_attribute(name, k, v)}
    return _tag(name, kept, escape(text) + children)


def _text_of(element: Element) -> tuple[str, dict[str, str]]:
    """Return (text, attributes), with letters of mathematical alphabets as their Unicode characters."""
    raw, attributes = element.text or "", dict(element.attrib)
    if element.tag in {"mi", "mo"} and UNKNOWN_COMMAND.fullmatch(raw):
        raise _UnknownCommand(raw)
    if element.tag == "mi" and LETTER_REFERENCE.fullmatch(raw):
        attributes["mathvariant"] = "normal"
    if element.tag == "mtext":
        raw = ESCAPED.sub(r"\1", raw)
    text = clean_text(unescape(raw))
    if element.tag == "mo" and text in VERTICAL_BARS and "form" not in attributes:
        attributes |= {"lspace": "0", "rspace": "0"}  # No space around |x|, unlike around a binary operator.
    variant = attributes.get("mathvariant", "")
    if variant in VARIANTS and element.tag != "mtext":
        del attributes["mathvariant"]
        text = in_alphabet(text, variant)
    return text, attributes


def in_alphabet(text: str, variant: str) -> str:
    """Return the text in a mathematical alphabet such as "bold", as far as Unicode has its characters."""
    return "".join(_letter(character, VARIANTS[variant]) for character in text)


def _letter(character: str, alphabet: str) -> str:
    if not alphabet or not character.isalnum():
        return character
    kind, _space, name = unicodedata.name(character, "").partition(" ")
    name = f"DIGIT {name}" if kind == "DIGIT" else name.replace("LETTER ", "")
    for prefix in (f"MATHEMATICAL {alphabet}", alphabet, alphabet.replace("FRAKTUR", "BLACK-LETTER")):
        try:
            return unicodedata.lookup(f"{prefix} {name}")
        except KeyError:
            continue
    return character
