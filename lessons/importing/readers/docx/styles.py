"""Determine the meaning of a Word document's styles for its structure, in any interface language."""

import re
from dataclasses import dataclass, field

from lxml.etree import _Element as Element

from lessons.importing.readers.docx.namespaces import W, is_on, number, value

# Word stores the names of its built-in styles in English; other programs and many templates use the user's language.
HEADING_NAME = re.compile(
    r"(?:heading|überschrift|titre|titolo|título|título|titulo|kop|rubrik|overskrift|otsikko|nagłówek|nadpis|naslov|"
    r"címsor|titlu|başlık|заголовок|επικεφαλίδα|כותרת|عنوان|标题|標題|見出し|제목|encabezado|cabeçalho|head|berschrift)"
    r"[\s_-]*([1-9])(?:\s*(?:char|zchn))?",
    re.IGNORECASE,
)
TOC_NAME = re.compile(
    r"(?:toc|contents|verzeichnis|inhaltsverzeichnis|tm|table des matières|sommario|tdc|índice|inhopg|spis treści|"
    r"оглавление|目录|目次)[\s_-]*\d|table of figures|abbildungsverzeichnis|table of authorities",
    re.IGNORECASE,
)
TOC_HEADING_NAME = re.compile(
    r"toc ?heading|contents heading|inhaltsverzeichnisüberschrift|en-tête de table des matières|"
    r"titolo sommario|encabezado de tdc|título de tdc",
    re.IGNORECASE,
)
TITLES = {"title", "titel", "titre", "titolo", "título", "doctitle", "document title"} | {
    "tytuł", "название", "标题", "表題", "titulo", "tittel", "otsikko", "název",
}  # fmt: skip
SUBTITLES = {"subtitle", "untertitel", "sous-titre", "sottotitolo", "subtítulo", "подзаголовок", "副标题", "副題"}
CAPTIONS = {"caption", "beschriftung", "légende", "didascalia", "descripción", "legenda", "image caption"} | {
    "table caption", "figure caption", "tablecaption", "imagecaption", "table", "illustration", "figure", "drawing"
}  # fmt: skip
QUOTES = {
    "quote", "intense quote", "block text", "blockquote", "block quote", "block quotation", "quotations", "quotation",
    "zitat", "intensives zitat", "citation", "citation intense", "citazione", "cita", "cita destacada", "citaat",
    "цитата", "引用",
}  # fmt: skip
CODE = {
    "source code", "sourcecode", "html preformatted", "code", "code block", "codeblock", "preformatted text",
    "preformatted", "macro", "macro text", "plain text code", "quellcode", "quelltext", "listing", "code listing",
    "html vorformatiert", "préformaté html", "verbatim", "program listing", "programlisting",
}  # fmt: skip
TERMS = {"definition term", "definitionterm", "dl term", "list term"}
DEFINITIONS = {"definition", "dl definition", "list definition", "definition description"}
INLINE_CODE = {
    "verbatim char", "html code", "html keyboard", "html sample", "html typewriter", "code char", "inline code",
    "source text", "code in text", "teletype", "html variable code",
}  # fmt: skip
MONOSPACE = re.compile(
    r"courier|consolas|menlo|monaco|mono\b|monospace|lucida console|andale|inconsolata|source code|fira code|"
    r"typewriter|fixed",
    re.IGNORECASE,
)
BODY_LEVEL = 9
MAX_LEVEL = 6
DEFAULT_SIZE = 20
RUN_SWITCHES = {
    "b": "bold", "i": "italic", "strike": "struck", "dstrike": "struck", "vanish": "hidden",
}  # fmt: skip


@dataclass(slots=True)
class Style:
    """A style with everything it inherits.

    role: title, subtitle, toc, toc_heading, caption, quote, code, term, definition or empty. level: of a heading, 1
    to 6. numbering: the list it belongs to, with its level if given. run: the properties of its text, as
    `run_properties` returns them.
    """

    name: str = ""
    id: str = ""
    role: str = ""
    level: int | None = None
    numbering: tuple[str, int | None] | None = None
    run: dict = field(default_factory=dict)
    indent: int | None = None
    is_inline_code: bool = False


class Styles:
    """The styles of a document, resolved with the styles they are based on when first used."""

    def __init__(self, root: Element | None):
        self._nodes: dict[str, Element] = {}
        self._resolved: dict[str, Style] = {}
        self._defaults: dict[str, str] = {}
        self.run: dict = {}
        if root is None:
            return
        defaults = root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr")
        self.run = run_properties(defaults) if defaults is not None else {}
        for node in root.iter(W + "style"):
            style_id = node.get(W + "styleId") or ""
            self._nodes.setdefault(style_id, node)
            if node.get(W + "default") in ("1", "true", "on"):
                self._defaults.setdefault(node.get(W + "type") or "", style_id)

    def paragraph(self, style_id: str | None) -> Style:
        """Return a paragraph's style; the default one for None or an unknown id."""
        if not style_id or (style_id not in self._nodes and not HEADING_NAME.fullmatch(style_id)):
            style_id = self._defaults.get("paragraph", "")
        return self._style(style_id)

    def character(self, style_id: str | None) -> Style:
        return self._style(style_id) if style_id else Style()

    def list_of(self, style_id: str) -> str | None:
        """Return the id of the list that a list style refers to."""
        node = self._nodes.get(style_id)
        return value(node.find(f"{W}pPr/{W}numPr"), "numId") if node is not None else None

    def _style(self, style_id: str) -> Style:
        chain: list[str] = []
        seen: set[str] = set()
        while style_id not in self._resolved and style_id not in seen:
            chain.append(style_id)
            seen.add(style_id)
            style_id = value(self._nodes.get(style_id), "basedOn") or ""
        style = self._resolved.get(style_id) or Style()
        for name in reversed(chain):
            style = self._resolved[name] = _derived(style, name, self._nodes.get(name))
        return style


def _derived(base: Style, style_id: str, node: Element | None) -> Style:
    """Return the style `style_id`, which is based on `base`."""
    name = (value(node, "name") or style_id).strip()
    # A style based on the title is often the author's name; only its own name makes it a title.
    inherited = base.role if base.role not in ("title", "subtitle") or _is_title(name) else ""
    style = Style(name, style_id, _role(name) or _role(style_id) or inherited, base.level, base.numbering)
    style.run, style.indent = base.run, base.indent
    style.is_inline_code = base.is_inline_code or name.lower() in INLINE_CODE
    match = HEADING_NAME.fullmatch(name) or HEADING_NAME.fullmatch(style_id)
    if match:
        style.level = min(int(match[1]), MAX_LEVEL)
    if node is not None:
        _apply_properties(style, node)
    if style.role:
        style.level = None
    return style


def _apply_properties(style: Style, node: Element) -> None:
    properties = node.find(W + "pPr")
    if properties is not None:
        level = value(properties, "outlineLvl")
        if level is not None:
            style.level = heading_level(level)
        style.numbering = numbering_of(properties) or style.numbering
        style.indent = indent_of(properties, style.indent)
    run = node.find(W + "rPr")
    if run is not None:
        style.run = {**style.run, **run_properties(run)}


def _is_title(name: str) -> bool:
    return any(word in TITLES for word in name.lower().split())


def _role(name: str) -> str:
    lowered = name.lower()
    if TOC_HEADING_NAME.fullmatch(lowered):
        return "toc_heading"
    if TOC_NAME.fullmatch(lowered):
        return "toc"
    roles = {
        "term": TERMS,
        "definition": DEFINITIONS,
        "title": TITLES,
        "subtitle": SUBTITLES,
        "caption": CAPTIONS,
        "quote": QUOTES,
        "code": CODE,
    }
    return next((role for role, names in roles.items() if lowered in names), "")


def heading_level(outline_level: str) -> int | None:
    """Return 1 to 6 for an outline level of Word, which counts from 0; None for that of body text."""
    level = number(outline_level, BODY_LEVEL)
    return min(level + 1, MAX_LEVEL) if 0 <= level < BODY_LEVEL else None


def numbering_of(properties: Element) -> tuple[str, int | None] | None:
    """Return (id of the list, level or None); the id is "0" where a list is switched off."""
    numbering = properties.find(W + "numPr")
    if numbering is None:
        return None
    level = value(numbering, "ilvl")
    list_id = value(numbering, "numId")
    return (list_id, number(level) if level is not None else None) if list_id is not None else None


def indent_of(properties: Element, default: int | None) -> int | None:
    """Return the left indent in twentieths of a point."""
    node = properties.find(W + "ind")
    if node is None:
        return default
    text = node.get(W + "left") or node.get(W + "start")
    return number(text) if text is not None else default


def run_properties(node: Element) -> dict:
    """Return the properties of a `w:rPr` under our names: bold, italic, struck, hidden, position, size, font …"""
    result: dict = {}
    for child in node:
        name = child.tag.removeprefix(W) if isinstance(child.tag, str) else ""
        if name in RUN_SWITCHES:
            result[RUN_SWITCHES[name]] = is_on(child)
        elif name == "vertAlign":
            result["position"] = {"superscript": "sup", "subscript": "sub"}.get(child.get(W + "val") or "", "")
        elif name == "u":
            result["underline"] = is_on(child)
        elif name == "sz":
            result["size"] = number(child.get(W + "val"), DEFAULT_SIZE)
        elif name == "rFonts":
            result["font"] = child.get(W + "ascii") or child.get(W + "hAnsi") or ""
        elif name == "lang":
            result["language"] = child.get(W + "val") or ""
        elif name == "rStyle":
            result["style"] = child.get(W + "val") or ""
    return result
