"""Office MathML, as Word writes formulas, converted to TeX."""

import re
import unicodedata
from collections.abc import Callable

from lxml.etree import _Element as Element

from lessons.importing.readers.docx.namespaces import OFF, M, W

SYMBOLS = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "varepsilon", "ϵ": "epsilon", "ζ": "zeta", "η": "eta",
    "θ": "theta", "ϑ": "vartheta", "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi",
    "π": "pi", "ρ": "rho", "σ": "sigma", "ς": "varsigma", "τ": "tau", "υ": "upsilon", "φ": "varphi", "ϕ": "phi",
    "χ": "chi", "ψ": "psi", "ω": "omega", "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi",
    "Π": "Pi", "Σ": "Sigma", "Υ": "Upsilon", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega", "∞": "infty", "±": "pm",
    "∓": "mp", "×": "times", "÷": "div", "⋅": "cdot", "∙": "cdot", "·": "cdot", "≤": "leq", "≥": "geq", "≠": "neq",
    "≈": "approx", "≡": "equiv", "∼": "sim", "≅": "cong", "∝": "propto", "∈": "in", "∉": "notin", "∋": "ni",
    "⊂": "subset", "⊃": "supset", "⊆": "subseteq", "⊇": "supseteq", "∪": "cup", "∩": "cap", "∅": "emptyset",
    "∀": "forall", "∃": "exists", "¬": "neg", "∧": "land", "∨": "lor", "→": "to", "←": "leftarrow",
    "↔": "leftrightarrow", "⇒": "Rightarrow", "⇐": "Leftarrow", "⇔": "Leftrightarrow", "↦": "mapsto", "∂": "partial",
    "∇": "nabla", "∑": "sum", "∏": "prod", "∐": "coprod", "∫": "int", "∬": "iint", "∭": "iiint", "∮": "oint",
    "⋃": "bigcup", "⋂": "bigcap", "⋁": "bigvee", "⋀": "bigwedge", "…": "ldots", "⋯": "cdots", "⋮": "vdots",
    "⋱": "ddots", "∘": "circ", "⊕": "oplus", "⊗": "otimes", "⊥": "perp", "∥": "parallel", "∠": "angle", "ℏ": "hbar",
    "ℓ": "ell", "ℜ": "Re", "ℑ": "Im", "ℵ": "aleph", "⟨": "langle", "⟩": "rangle", "〈": "langle", "〉": "rangle",
    "⌈": "lceil", "⌉": "rceil", "⌊": "lfloor", "⌋": "rfloor", "‖": "Vert", "′": "prime", "∣": "mid", "†": "dagger",
    "≪": "ll", "≫": "gg", "∖": "setminus", "⊢": "vdash", "⊨": "models", "△": "triangle", "□": "square",
}  # fmt: skip
ESCAPES = {"\\": "\\backslash ", "{": "\\{", "}": "\\}", "#": "\\#", "$": "\\$", "%": "\\%", "&": "\\&", "_": "\\_"}
ESCAPES |= {"^": "\\hat{}", "~": "\\sim ", "−": "-", "\xa0": "\\ ", "\u200b": "", "\u2061": "", "\u2062": ""}
ESCAPES |= {"\u2063": "", "\u2064": ""}
FUNCTIONS = set(
    "arccos arcsin arctan arg cos cosh cot coth csc deg det dim exp gcd hom inf ker lg lim liminf limsup ln log max "
    "min Pr sec sin sinh sup tan tanh".split()
)
ACCENTS = {
    "\u0302": "hat", "\u0303": "tilde", "\u0304": "bar", "\u0305": "overline", "\u0306": "breve", "\u0307": "dot",
    "\u0308": "ddot", "\u030c": "check", "\u0301": "acute", "\u0300": "grave", "\u20d7": "vec",
    "\u20d6": "overleftarrow", "\u20db": "dddot",
    "^": "hat", "~": "tilde", "¯": "bar", "\u203e": "bar", "˙": "dot", "→": "vec", "\u20d1": "vec", "ˇ": "check",
    "\u0332": "underline", "\u033f": "overline", "˘": "breve", "\u20e1": "overleftrightarrow",
}  # fmt: skip
SCRIPTS = {"double-struck": "mathbb", "fraktur": "mathfrak", "script": "mathcal", "sans-serif": "mathsf"}
SCRIPTS |= {"monospace": "mathtt"}
GROUPS = {"⏟": "underbrace", "⏞": "overbrace"}
DEFAULT_NARY = "∫"
COMMAND = re.compile(r"\\[a-zA-Z]+")
NEW_ROW = " \\\\ "
LIMITS_BELOW = set("∑∏∐⋃⋂⋁⋀")


def to_tex(node: Element) -> str:
    """Return the TeX of an `m:oMath` or of any other element that holds a formula."""
    return " ".join(_children(node).split())


def _children(node: Element | None) -> str:
    return "".join(map(_convert, node)) if node is not None else ""


def _convert(node: Element) -> str:
    if not isinstance(node.tag, str):
        return ""
    if not node.tag.startswith(M):
        # Wrappers from Word itself: insertions contain formulas, deletions do not count.
        return _children(node) if node.tag in (W + "ins", W + "moveTo", W + "sdt", W + "sdtContent") else ""
    converter = CONVERTERS.get(node.tag.removeprefix(M))
    return converter(node) if converter else _children(node)


def _property(node: Element, name: str, default: str = "") -> str:
    """Return the value of a property of the element; `default` where it is not given at all."""
    properties = node.find(f"{M}{node.tag.removeprefix(M)}Pr")
    child = properties.find(M + name) if properties is not None else None
    return default if child is None else child.get(M + "val") or ""


def _is_on(node: Element, name: str) -> bool:
    properties = node.find(f"{M}{node.tag.removeprefix(M)}Pr")
    child = properties.find(M + name) if properties is not None else None
    return child is not None and (child.get(M + "val") or "1").lower() not in OFF


def _part(node: Element, name: str) -> str:
    return _children(node.find(M + name)).strip()


def _text(node: Element) -> str:
    """Convert a run; `m:nor` marks words, `m:sty` upright and bold letters, `m:scr` alphabets."""
    text = "".join(child.text or "" for child in node if child.tag in (M + "t", W + "t"))
    properties = node.find(M + "rPr")
    if properties is not None and properties.find(M + "nor") is not None:
        return f"\\text{{{_escaped_words(text)}}}" if text.strip() else "\\ " if text else ""
    style = properties.find(M + "sty") if properties is not None else None
    script = properties.find(M + "scr") if properties is not None else None
    command = SCRIPTS.get(script.get(M + "val") or "") if script is not None else None
    letters = style.get(M + "val") if style is not None else None
    if text.strip() in FUNCTIONS and letters == "p":
        return f"\\{text.strip()} "
    tex = "".join(map(_character, text))
    if not any(c.isalpha() for c in text):
        return tex
    if command:
        return f"\\{command}{{{tex.strip()}}}"
    if letters in ("b", "bi"):
        return f"\\mathbf{{{tex.strip()}}}" if letters == "b" else f"\\boldsymbol{{{tex.strip()}}}"
    if letters == "p" and any(c.isascii() and c.isalpha() for c in text):
        return f"\\mathrm{{{tex.strip()}}}"
    return tex


def _escaped_words(text: str) -> str:
    return "".join("\\" + c if c in "#$%&_{}" else "" if c in "\\^~" else c for c in text)


def _character(c: str) -> str:
    """Convert a character; of an attribute that should be one, but is not, all of them."""
    if len(c) != 1:
        return "".join(map(_character, c))
    if "\U0001d400" <= c <= "\U0001d7ff" or c in "ℎℂℍℕℙℚℝℤ":
        name = unicodedata.name(c, "")
        plain = unicodedata.normalize("NFKC", c)
        converted = f"\\{SYMBOLS[plain]} " if plain in SYMBOLS else plain
        command = "mathbb" if "DOUBLE-STRUCK" in name else "mathfrak" if "FRAKTUR" in name else ""
        command = command or ("mathcal" if "SCRIPT" in name else "mathbf" if " BOLD " in f"{name} " else "")
        return f"\\{command}{{{converted.strip()}}}" if command else converted
    if c in SYMBOLS:
        return f"\\{SYMBOLS[c]} "
    return ESCAPES.get(c, c)


def _fraction(node: Element) -> str:
    top, bottom = _part(node, "num"), _part(node, "den")
    kind = _property(node, "type")
    if kind == "noBar":
        return f"\\genfrac{{}}{{}}{{0pt}}{{}}{{{top}}}{{{bottom}}}"
    return f"{{{top}}}/{{{bottom}}}" if kind in ("lin", "skw") else f"\\frac{{{top}}}{{{bottom}}}"


def _base(node: Element) -> str:
    base = _part(node, "e")
    return base if len(base) == 1 or COMMAND.fullmatch(base) else f"{{{base}}}"


def _superscript(node: Element) -> str:
    return f"{_base(node)}^{{{_part(node, 'sup')}}}"


def _subscript(node: Element) -> str:
    return f"{_base(node)}_{{{_part(node, 'sub')}}}"


def _both_scripts(node: Element) -> str:
    return f"{_base(node)}_{{{_part(node, 'sub')}}}^{{{_part(node, 'sup')}}}"


def _scripts_before(node: Element) -> str:
    return f"{{}}_{{{_part(node, 'sub')}}}^{{{_part(node, 'sup')}}}{_base(node)}"


def _root(node: Element) -> str:
    degree = "" if _is_on(node, "degHide") else _part(node, "deg")
    return f"\\sqrt[{degree}]{{{_part(node, 'e')}}}" if degree else f"\\sqrt{{{_part(node, 'e')}}}"


def _nary(node: Element) -> str:
    """Convert a sum, an integral or the like, with limits."""
    sign = _property(node, "chr", DEFAULT_NARY)
    tex = _character(sign).strip() if sign else ""
    if _property(node, "limLoc") == "undOvr" and sign not in LIMITS_BELOW:
        tex += "\\limits"
    lower = "" if _is_on(node, "subHide") else _part(node, "sub")
    upper = "" if _is_on(node, "supHide") else _part(node, "sup")
    tex += (f"_{{{lower}}}" if lower else "") + (f"^{{{upper}}}" if upper else "")
    return f"{tex} {_part(node, 'e')}"


def _delimited(node: Element) -> str:
    opening, closing = _property(node, "begChr", "("), _property(node, "endChr", ")")
    separator = _character(_property(node, "sepChr", "|")).strip() or " "
    parts = [_children(child).strip() for child in node.findall(M + "e")]
    if len(parts) == 1 and node.find(f"{M}e/{M}f/{M}fPr/{M}type[@{M}val='noBar']") is not None and opening == "(":
        fraction = node.find(f"{M}e/{M}f")
        if fraction is not None and len(node.findall(f"{M}e/*")) == 1:
            return f"\\binom{{{_part(fraction, 'num')}}}{{{_part(fraction, 'den')}}}"
    inside = f" {separator} ".join(parts)
    return f"\\left{_delimiter(opening)}{inside}\\right{_delimiter(closing)}"


def _delimiter(c: str) -> str:
    tex = _character(c).strip() if c else "."
    return f"{tex} " if tex.startswith("\\") and tex[-1].isalpha() else tex


def _function(node: Element) -> str:
    name = node.find(M + "fName")
    text = "".join(name.itertext()).strip() if name is not None else ""
    if text in FUNCTIONS and name is not None and name.find(M + "r") is not None:
        return f"\\{text} {_part(node, 'e')}"
    return f"{_children(name)} {_part(node, 'e')}"


def _limit(command: str, mark: str) -> Callable[[Element], str]:
    def convert(node: Element) -> str:
        base, limit = _part(node, "e"), _part(node, "lim")
        if base.lstrip("\\") in FUNCTIONS or base.startswith("\\mathrm{lim}"):
            return f"\\{base.lstrip(chr(92)).removeprefix('mathrm{').removesuffix('}')}{mark}{{{limit}}}"
        if limit in GROUPS:
            return f"\\{GROUPS[limit]}{{{base}}}"
        if base.startswith(("\\underbrace", "\\overbrace")):
            return f"{base}{mark}{{{limit}}}"
        return f"\\{command}{{{limit}}}{{{base}}}"

    return convert


def _accent(node: Element) -> str:
    command = ACCENTS.get(_property(node, "chr", "\u0302"), "hat")
    base = _part(node, "e")
    if len(base) > 1 and not base.startswith("\\"):
        command = {"hat": "widehat", "tilde": "widetilde", "vec": "overrightarrow", "bar": "overline"}.get(
            command, command
        )
    return f"\\{command}{{{base}}}"


def _bar(node: Element) -> str:
    command = "overline" if _property(node, "pos") == "top" else "underline"
    return f"\\{command}{{{_part(node, 'e')}}}"


def _group(node: Element) -> str:
    sign, position = _property(node, "chr", "⏟"), _property(node, "pos", "bot")
    base = _part(node, "e")
    if sign in GROUPS:
        return f"\\{GROUPS[sign]}{{{base}}}"
    command = "overset" if position == "top" else "underset"
    return f"\\{command}{{{_character(sign).strip()}}}{{{base}}}"


def _matrix(node: Element) -> str:
    rows = [" & ".join(_children(cell).strip() for cell in row.findall(M + "e")) for row in node.findall(M + "mr")]
    return f"\\begin{{matrix}}{NEW_ROW.join(rows)}\\end{{matrix}}"


def _equations(node: Element) -> str:
    """Convert an array of equations; `&` aligns them, and `#` precedes an equation's number."""
    rows = []
    for row in node.findall(M + "e"):
        tex, separator, equation_number = _children(row).strip().partition("\\#")
        tex = tex.replace("\\&", "&")
        rows.append(f"{tex} \\quad \\text{{{equation_number}}}" if separator else tex)
    if len(rows) == 1:
        return rows[0].replace("&", "")
    return f"\\begin{{aligned}}{NEW_ROW.join(rows)}\\end{{aligned}}"


def _boxed(node: Element) -> str:
    return f"\\boxed{{{_part(node, 'e')}}}"


def _phantom(node: Element) -> str:
    return _part(node, "e") if _is_on(node, "show") else f"\\phantom{{{_part(node, 'e')}}}"


CONVERTERS = {
    "r": _text, "f": _fraction, "sSup": _superscript, "sSub": _subscript, "sSubSup": _both_scripts,
    "sPre": _scripts_before, "rad": _root, "nary": _nary, "d": _delimited, "func": _function,
    "limLow": _limit("underset", "_"), "limUpp": _limit("overset", "^"), "acc": _accent, "bar": _bar,
    "groupChr": _group, "m": _matrix, "eqArr": _equations, "borderBox": _boxed, "phant": _phantom,
}  # fmt: skip
