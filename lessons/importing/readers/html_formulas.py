r"""Convert formulas of a page, however they are written, to `<math alttext="TEX">`.

MathML, with TeX or without; MathJax scripts; formulas rendered by MathJax and KaTeX; Wikipedia's and WordPress's
images; elements with TeX in attributes; and TeX between delimiters in the text. Whatever only repeats a formula is
removed.
"""

import re
from urllib.parse import parse_qs, unquote, urlsplit

from django.utils.safestring import SafeString
from selectolax.lexbor import LexborHTMLParser, LexborNode

from lessons.importing.document import escape_html
from lessons.importing.readers.pages.names import class_names
from lessons.markup.formulas import FormulaLimit, formula, formula_from_mathml
from lessons.markup.tex_delimiters import OPENING, find_formulas, formula_at, is_certain, is_tex

# Elements of the original source whose content is not text.
SOURCE = re.compile(r"<(?P<name>(?:(?:m|mml|mathml):)?math|script)\b(?P<attributes>[^<>]*)>", re.IGNORECASE)
ENDS = {
    name: re.compile(rf"</{name}\s*>", re.IGNORECASE)
    for name in ("math", "m:math", "mml:math", "mathml:math", "script")
}
PREFIX = re.compile(r"(</?)(?:m|mml|mathml):", re.IGNORECASE)
TEX_SCRIPT = re.compile(r"""\btype\s*=\s*["']?math/(?P<kind>tex|mml)(?P<mode>[^"'>]*)""", re.IGNORECASE)
CDATA = re.compile(r"\A\s*(?:%\s*)?<!\[CDATA\[|(?:%\s*)?\]\]>\s*\Z")
# Scripts that render TeX in the text of a page.
PROGRAM = re.compile(r"mathjax|katex|tex2jax|jsmath|asciimath|temml|mathtex", re.IGNORECASE)
# Formulas that are on the page several times: to be seen, for screen readers, as an image.
RENDERED = (
    ".katex-display, .katex, .mwe-math-element, mjx-container, .MathJax_Display, .MathJax, .MathJax_SVG_Display, "
    ".MathJax_SVG, .MathJax_CHTML, .mjx-chtml, .MJXc-display, .MathJax_MathML"
)
PREVIEW = ".MathJax_Preview"
DISPLAYED = {
    "katex-display",
    "MathJax_Display",
    "MathJax_SVG_Display",
    "MJXc-display",
    "mwe-math-fallback-image-display",
    "mwe-math-mathml-display",
    "ql-formula-block",
}
TEX_ATTRIBUTES = ("data-tex", "data-latex", "data-formula", "data-math", "data-equation", "data-original-tex")
TEX_ELEMENTS = (
    ", ".join(f"[{name}]" for name in TEX_ATTRIBUTES) + ", .ql-formula[data-value], amp-mathml, tex, latex, "
    ".math, .math-tex, .arithmatex, .math-inline, .math-display, .tex2jax_process"
)
IMAGE_CLASSES = {"tex", "latex", "math", "texrender", "mathtex", "latex-image", "ltx_graphics_math"}
FALLBACK_IMAGE = "mwe-math-fallback-image"
IMAGE_ADDRESS = re.compile(r"codecogs\.com|latex\.php|mathtex\.cgi|mimetex|[?&]cht=tx|/math/render/|/eqs?/latex")
SIZE = re.compile(r"\\(?:dpi|bg|fg|inline|small|large|fn_[a-z]+)(?:\{\w*\}|\s)\s*")
NOT_TEXT = set("pre code kbd samp script style textarea title math svg template".split())


def convert_source(html: str, limit: FormulaLimit) -> str:
    """Return the page with its MathML and its scripts with TeX converted to formulas. Linear in its length.

    Call it before invisible elements are removed from the page. Raise InvalidText for too many formulas.
    """
    pieces: list[str] = []
    unclosed: set[str] = set()
    last = 0
    for start in SOURCE.finditer(html):
        name = start["name"].lower()
        script = TEX_SCRIPT.search(start["attributes"]) if name == "script" else None
        if start.start() < last or name in unclosed or (name == "script" and not script):
            continue
        end = ENDS[name].search(html, start.end())
        if end is None:
            unclosed.add(name)
            continue
        pieces += [html[last : start.start()], limit.add(_converted(html[start.start() : end.end()], script))]
        last = end.end()
    return "".join([*pieces, html[last:]])


def _converted(source: str, script: re.Match | None) -> SafeString:
    """Return the formula of a `math` element, or of a script."""
    if script is None:
        return formula_from_mathml(PREFIX.sub(r"\1", source) if source[1:5].lower() != "math" else source)
    inside = source[source.index(">") + 1 : source.rindex("</")]
    display = "display" in script["mode"]
    if script["kind"].lower() == "mml":
        return formula_from_mathml(inside, display=display)
    return formula(CDATA.sub("", inside), display=display)


def has_program(html: str) -> bool:
    """Return whether a page loads a script that renders the TeX in its text."""
    return bool(PROGRAM.search(html))


def convert_elements(page: LexborHTMLParser, limit: FormulaLimit) -> None:
    """Replace elements that show formulas by these. Raise InvalidText for too many formulas."""
    _replace_rendered(page)
    _replace_images(page, limit)
    _replace_elements(page, limit)


def _replace_rendered(page: LexborHTMLParser) -> None:
    """Replace formulas rendered by MathJax, KaTeX and Wikipedia by the MathML inside, or by the script after them."""
    for node in page.css(PREVIEW):
        node.decompose()
    done: set[int] = set()
    for node in page.css(RENDERED):
        if node.mem_id in done or node.parent is None:
            continue
        done |= {inner.mem_id for inner in node.css(RENDERED)}
        if _is_formula(_next_element(node)):  # From the script, whose TeX is better than what was made of it.
            node.decompose()
        elif html := _formula_of(node):
            _replace_by(node, html)


def _formula_of(node: LexborNode) -> str:
    """Return the formula that an element shows, empty if it cannot be determined."""
    display = _is_displayed(node)
    maths = node.css("math")
    if maths:
        if display:
            maths[0].attrs["display"] = "block"
        return maths[0].html or ""
    carrier = node.css_first("[data-mathml]")
    if carrier:
        return formula_from_mathml(carrier.attributes["data-mathml"] or "", display=display)
    image = node.css_first("img[alt]")
    tex = (image.attributes.get("alt") or "") if image else ""
    return formula(tex, display=display)


def _is_displayed(node: LexborNode) -> bool:
    classes = {name for inner in node.css("[class]") for name in class_names(inner)}
    return bool(classes & DISPLAYED) or node.attributes.get("display") == "true"


def _next_element(node: LexborNode) -> LexborNode | None:
    """Return the next element after a node, None if there is text in between."""
    following = node.next
    while following is not None and following.is_text_node and not following.text(deep=False).strip():
        following = following.next
    return following


def _is_formula(node: LexborNode | None) -> bool:
    return node is not None and node.tag == "math"


def _replace_by(node: LexborNode, html: str) -> None:
    """Replace a node by a formula."""
    new = LexborHTMLParser(f"<!doctype html><body>{html}").css_first("math")
    if new is not None:
        node.replace_with(new)


def _replace_images(page: LexborHTMLParser, limit: FormulaLimit) -> None:
    """Replace images of formulas by the TeX in their alternative text, or in their URL."""
    for image in page.css("img"):
        classes = class_names(image)
        address = image.attributes.get("src") or ""
        is_drawn = bool(IMAGE_ADDRESS.search(address))
        if not (is_drawn or IMAGE_CLASSES & {name.lower() for name in classes} or FALLBACK_IMAGE in " ".join(classes)):
            continue
        tex = image.attributes.get("alt") or image.attributes.get("title") or ""
        tex = tex if tex.strip() or not is_drawn else _tex_in_address(address)
        if tex.strip():
            _replace_by(image, limit.add(formula(tex, display=bool(DISPLAYED & set(classes)))))


def _tex_in_address(address: str) -> str:
    try:
        query = urlsplit(address).query
        values = parse_qs(query)
    except ValueError:
        return ""
    named = values.get("latex") or values.get("chl")
    tex = named[0] if named else unquote(query).replace("&space;", " ").replace("&plus;", "+")
    return SIZE.sub("", tex)


def _replace_elements(page: LexborHTMLParser, limit: FormulaLimit) -> None:
    """Replace elements that have TeX in an attribute, and those whose text is declared as TeX."""
    for node in page.css(TEX_ELEMENTS):
        if node.parent is None or node.css_first("math") or node.tag in NOT_TEXT:
            continue
        values = [node.attributes.get(name) for name in TEX_ATTRIBUTES]
        if "ql-formula" in class_names(node):
            values.append(node.attributes.get("data-value"))
        tex = next((value for value in values if value and value.strip()), "")
        display = node.tag == "div" or any("display" in name for name in class_names(node))
        if not tex and not node.css_first("img, br, em, i, sub, sup, a, p, div :not(span)"):
            tex = _only_tex(node)
        if tex:
            _replace_by(node, limit.add(formula(tex, display=display)))


def _only_tex(node: LexborNode) -> str:
    """Return the text of an element if all of it is one formula."""
    text = node.text(deep=True).strip()
    opening = OPENING.match(text)
    if opening:
        found = formula_at(text, 0)
        return text if found and found.end == len(text) else ""
    return text if is_tex(text, "\\[") and is_certain(text) else ""


def convert_text(page: LexborHTMLParser, limit: FormulaLimit, *, all_tex: bool) -> None:
    r"""Convert text between delimiters to formulas if it can only be TeX, or always with `all_tex`."""
    if page.body is None:
        return
    done: set[int] = set()
    for node in list(page.body.traverse(include_text=True)):
        if not node.is_text_node or node.mem_id in done or not OPENING.search(node.text(deep=False)):
            continue
        run = _run_of(node)
        done |= {part.mem_id for part in run}
        if not _is_inside(node, NOT_TEXT):
            _replace_in_run(run, limit, all_tex)


def _run_of(node: LexborNode) -> list[LexborNode]:
    """Return a text node and the following text nodes and line breaks."""
    run = [node]
    while (following := run[-1].next) is not None and (following.is_text_node or following.tag == "br"):
        run.append(following)
    return run


def _is_inside(node: LexborNode, tags: set[str]) -> bool:
    parent = node.parent
    while parent is not None:
        if parent.tag in tags or "tex2jax_ignore" in class_names(parent):
            return True
        parent = parent.parent
    return False


def _replace_in_run(run: list[LexborNode], limit: FormulaLimit, all_tex: bool) -> None:
    """Replace text nodes and the line breaks between them by text and formulas, which may contain such breaks."""
    text = "".join(" ".join(n.text(deep=False).split("\n")) if n.is_text_node else "\n" for n in run)
    pieces: list[str] = []
    last = 0
    for found in find_formulas(text):
        if all_tex or is_certain(found.tex):
            html = limit.add(formula(found.tex, display=found.display))
            pieces += [_with_breaks(text[last : found.start]), html]
            last = found.end
    if not pieces:
        return
    pieces.append(_with_breaks(text[last:]))
    new = LexborHTMLParser(f"<!doctype html><body><div>{''.join(pieces)}</div>").css_first("div")
    for child in new.iter(include_text=True) if new else ():
        run[0].insert_before(child.text(deep=False) if child.is_text_node else child)
    for node in run:
        node.decompose()


def _with_breaks(text: str) -> str:
    """Return a text as HTML, with its line ends as `<br>`."""
    return "<br>".join(map(escape_html, text.split("\n")))
