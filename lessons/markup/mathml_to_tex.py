r"""Pure: convert MathML to TeX, for formulas without TeX: from Word, or from pages that only have MathML.

Elements without an equivalent in TeX are written as the characters that they display.
"""

import unicodedata
from collections.abc import Callable

from selectolax.lexbor import LexborNode

INVISIBLE = dict.fromkeys("\u2061\u2062\u2063\u2064\u200b\u2060\ufeff", "")
SPECIAL = {**{sign: f"\\{sign}" for sign in "#$%&_{}"}, "\\": r"\backslash ", "^": r"\hat{}", "~": r"\sim "}
# Signs with their commands.
COMMANDS = """
    ± pm ∓ mp × times ÷ div · cdot ⋅ cdot ∗ ast ⋆ star ∘ circ ∙ bullet • bullet ≤ le ≥ ge ⩽ leqslant ⩾ geqslant ≠ ne
    ≈ approx ≡ equiv ≃ simeq ≅ cong ∼ sim ∝ propto ≪ ll ≫ gg ≺ prec ≻ succ → to ← leftarrow ↔ leftrightarrow
    ⇒ Rightarrow ⇐ Leftarrow ⇔ Leftrightarrow ⟹ implies ⟺ iff ↦ mapsto ⟶ longrightarrow ⟵ longleftarrow
    ↑ uparrow ↓ downarrow ⇌ rightleftharpoons ⟼ longmapsto ∞ infty ∂ partial ∇ nabla ∈ in ∉ notin ∋ ni ⊂ subset
    ⊆ subseteq ⊃ supset ⊇ supseteq ∪ cup ∩ cap ∖ setminus ∅ emptyset ∀ forall ∃ exists ¬ neg ∧ land ∨ lor
    ⊕ oplus ⊗ otimes ⊙ odot ⊥ perp ∥ parallel ∠ angle ∣ mid ∑ sum ∏ prod ∐ coprod ∫ int ∬ iint ∭ iiint ∮ oint
    ⋃ bigcup ⋂ bigcap ⨁ bigoplus ⨂ bigotimes … ldots ⋯ cdots ⋮ vdots ⋱ ddots ℏ hbar ℓ ell ℜ Re ℑ Im ℵ aleph
    ′ prime † dagger ‡ ddagger ⟨ langle ⟩ rangle 〈 langle 〉 rangle ⌊ lfloor ⌋ rfloor ⌈ lceil ⌉ rceil ‖ Vert
    √ surd △ triangle □ square ⊢ vdash ⊨ models ∴ therefore ∵ because ϵ epsilon ϕ phi ϑ vartheta ϖ varpi
    ϱ varrho ς varsigma
"""
SIGNS = dict(zip(COMMANDS.split()[::2], COMMANDS.split()[1::2], strict=True))
VARIANT_GREEK = {"ε": "varepsilon", "φ": "varphi"}
# Greek capitals that look like Latin ones have no command.
CAPITAL_GREEK = "ΓΔΘΛΞΠΣΥΦΨΩ"
FUNCTIONS = set(
    "sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh coth exp log ln lg lim limsup liminf max min sup inf "
    "det dim ker hom deg arg gcd Pr".split()
)
LARGE = set("∑∏∐⋃⋂⨁⨂∫∬∭∮") | {"lim", "max", "min", "sup", "inf", "limsup", "liminf", "gcd", "det", "Pr"}
ALPHABETS = {
    "bold": "mathbf",
    "bold-italic": "boldsymbol",
    "double-struck": "mathbb",
    "script": "mathcal",
    "bold-script": "mathcal",
    "fraktur": "mathfrak",
    "bold-fraktur": "mathfrak",
    "sans-serif": "mathsf",
    "monospace": "mathtt",
}
ABOVE = {
    **dict.fromkeys("^ˆ\u0302", "hat"),
    **dict.fromkeys("~˜\u0303∼", "tilde"),
    **dict.fromkeys("¯ˉ\u0304", "bar"),
    **dict.fromkeys("‾\u0305―_", "overline"),
    **dict.fromkeys("→⃗⇀", "vec"),
    **dict.fromkeys("˙.\u0307", "dot"),
    **dict.fromkeys("¨\u0308", "ddot"),
    **dict.fromkeys("ˇ\u030c", "check"),
    **dict.fromkeys("˘\u0306", "breve"),
    **dict.fromkeys("´\u0301", "acute"),
    **dict.fromkeys("`\u0300", "grave"),
    **dict.fromkeys("˚\u030a", "mathring"),
    "⏞": "overbrace",
}
BELOW = {**dict.fromkeys("_‾¯\u0332―", "underline"), "⏟": "underbrace"}
FENCES = {"(": ")", "[": "]", "{": "}", "|": "|", "‖": "‖", "⟨": "⟩", "⌊": "⌋", "⌈": "⌉", "〈": "〉"}
ENCLOSURES = {"box": "boxed", "updiagonalstrike": "cancel", "downdiagonalstrike": "bcancel", "roundedbox": "boxed"}


def tex_of(node: LexborNode) -> str:
    """Return the TeX of a MathML element. Raise RecursionError for one that is nested very deeply."""
    return " ".join(_tex(node).split())


def _tex(node: LexborNode) -> str:
    write = WRITERS.get(node.tag or "", _row)
    return write(node)


def _children(node: LexborNode) -> list[LexborNode]:
    return [child for child in node.iter() if child.tag not in ("annotation", "annotation-xml")]


def _text(node: LexborNode) -> str:
    return " ".join(node.text(deep=True).split())


def _row(node: LexborNode) -> str:
    """Write a sequence of elements; matching brackets grow with their content."""
    children = _children(node)
    if not children:
        return _signs(_text(node))
    first, last = children[0], children[-1]
    opening = _text(first) if first.tag == "mo" else ""
    closing = _text(last) if last.tag == "mo" else ""
    if len(children) > 1 and opening in FENCES and FENCES[opening] == closing:
        return rf"\left{_fence(opening)}{_joined(children[1:-1])}\right{_fence(closing)}"
    if len(children) > 1 and opening in FENCES and any(child.tag == "mtable" for child in children):
        return rf"\left{_fence(opening)}{_joined(children[1:])}\right."
    return _joined(children)


def _joined(nodes: list[LexborNode]) -> str:
    return "".join(map(_tex, nodes))


def _fence(sign: str) -> str:
    return SPECIAL.get(sign, f"\\{SIGNS[sign]} " if sign in SIGNS else sign)


def _signs(text: str) -> str:
    return "".join(map(_sign, text))


def _sign(sign: str) -> str:
    if sign in INVISIBLE:
        return ""
    if sign in SIGNS:
        return f"\\{SIGNS[sign]} "
    if "\u0370" <= sign <= "\u03ff":
        return _greek(sign)
    return SPECIAL.get(sign, sign)


def _greek(letter: str) -> str:
    if letter in VARIANT_GREEK:
        return f"\\{VARIANT_GREEK[letter]} "
    name = unicodedata.name(letter, "")
    if name.startswith("GREEK SMALL LETTER ") and letter != "ο":
        return f"\\{name.split()[-1].lower().replace('lamda', 'lambda')} "
    if letter in CAPITAL_GREEK:
        return f"\\{name.split()[-1].capitalize().replace('Lamda', 'Lambda')} "
    return letter


def _identifier(node: LexborNode) -> str:
    text = _text(node)
    variant = (node.attributes.get("mathvariant") or "").lower()
    if text in FUNCTIONS:
        return f"\\{text} "
    if variant in ALPHABETS:
        return rf"\{ALPHABETS[variant]}{{{_signs(text)}}}"
    if len(text) > 1 and text.isalpha() and text.isascii():
        return rf"\mathit{{{text}}}" if variant == "italic" else rf"\mathrm{{{text}}}"
    if variant == "normal" and text.isascii() and text.isalpha():
        return rf"\mathrm{{{text}}}"
    return _signs(text)


def _operator(node: LexborNode) -> str:
    text = _text(node)
    if text in FUNCTIONS:
        return f"\\{text} "
    return rf"\operatorname{{{text}}}" if len(text) > 1 and text.isalpha() and text.isascii() else _signs(text)


def _words(node: LexborNode) -> str:
    """Write text with its spaces, but without braces and backslashes."""
    text = " ".join(node.text(deep=True).replace("\xa0", " ").split(" "))
    text = "".join(SPECIAL.get(sign, sign) for sign in text if sign not in "{}\\^~")
    return rf"\text{{{text}}}" if text.strip() else r"\ " if text else ""


def _space(node: LexborNode) -> str:
    width = (node.attributes.get("width") or "").removesuffix("em")
    try:
        size = float(width)
    except ValueError:
        return " "
    return (
        r"\qquad " if size >= 2 else r"\quad " if size >= 0.9 else r"\;" if size >= 0.25 else r"\," if size > 0 else ""
    )


def _arguments(node: LexborNode, count: int) -> list[str]:
    """Return the TeX of `count` children, empty for missing ones."""
    written = [_tex(child).strip() for child in _children(node)]
    return (written + [""] * count)[:count]


def _base(tex: str) -> str:
    """Return the base of a script: a single sign or command unchanged, anything else in braces."""
    return tex if len(tex) == 1 or (tex.startswith("\\") and tex[1:].isalpha()) else f"{{{tex}}}"


def _fraction(node: LexborNode) -> str:
    top, bottom = _arguments(node, 2)
    if (node.attributes.get("linethickness") or "").startswith("0"):
        return rf"{{{top} \atop {bottom}}}"
    return rf"\frac{{{top}}}{{{bottom}}}"


def _square_root(node: LexborNode) -> str:
    return rf"\sqrt{{{_joined(_children(node))}}}"


def _root(node: LexborNode) -> str:
    inside, index = _arguments(node, 2)
    return rf"\sqrt[{index}]{{{inside}}}"


def _scripts(below: bool, above: bool) -> Callable[[LexborNode], str]:
    def write(node: LexborNode) -> str:
        base, *scripts = _arguments(node, 1 + below + above)
        marks = [mark for mark, is_there in (("_", below), ("^", above)) if is_there]
        return _base(base) + "".join(_script(mark, script) for mark, script in zip(marks, scripts, strict=True))

    return write


def _script(mark: str, script: str) -> str:
    return f"{mark}{{{script}}}" if script else ""


def _over(node: LexborNode) -> str:
    base, above = _arguments(node, 2)
    if _is_large(node):
        return rf"{base}\limits^{{{above}}}" if _has_side_limits(node) else f"{base}^{{{above}}}"
    return _accent(node, ABOVE, base) or rf"\overset{{{above}}}{{{base}}}"


def _under(node: LexborNode) -> str:
    base, below = _arguments(node, 2)
    if _is_large(node):
        return rf"{base}\limits_{{{below}}}" if _has_side_limits(node) else f"{base}_{{{below}}}"
    return _accent(node, BELOW, base) or rf"\underset{{{below}}}{{{base}}}"


def _under_over(node: LexborNode) -> str:
    base, below, above = _arguments(node, 3)
    if _is_large(node):
        limits = r"\limits" if _has_side_limits(node) else ""
        return f"{base}{limits}_{{{below}}}^{{{above}}}"
    return rf"\underset{{{below}}}{{\overset{{{above}}}{{{base}}}}}"


def _is_large(node: LexborNode) -> bool:
    """Return whether the first child is a sum, a limit or the like, whose limits are below and above it."""
    children = _children(node)
    return bool(children) and _text(children[0]) in LARGE


def _has_side_limits(node: LexborNode) -> bool:
    return _text(_children(node)[0]) in "∫∬∭∮"


def _accent(node: LexborNode, accents: dict[str, str], base: str) -> str:
    children = _children(node)
    if len(children) != 2:
        return ""
    command = accents.get(_text(children[1])) if children[1].tag == "mo" else None
    if len(_text(children[0])) > 1:
        command = {"vec": "overrightarrow", "bar": "overline", "hat": "widehat", "tilde": "widetilde"}.get(
            command or "", command
        )
    return rf"\{command}{{{base}}}" if command else ""


def _multiscripts(node: LexborNode) -> str:
    children = _children(node)
    if not children:
        return ""
    base, *rest = children
    names = [child.tag for child in rest]
    split = names.index("mprescripts") if "mprescripts" in names else len(names)
    after = _pairs([_tex(child).strip() for child in rest[:split]])
    before = _pairs([_tex(child).strip() for child in rest[split + 1 :]])
    return ("{}" + before if before else "") + _base(_tex(base).strip()) + after


def _pairs(scripts: list[str]) -> str:
    marks = ("_", "^")
    return "".join(_script(marks[n % 2], script) for n, script in enumerate(scripts))


def _table(node: LexborNode) -> str:
    rows = [" & ".join(_joined(_children(cell)).strip() for cell in _children(row)) for row in _children(node)]
    written = r" \\ ".join(rows)
    return rf"\begin{{matrix}}{written}\end{{matrix}}"


def _fenced(node: LexborNode) -> str:
    attributes = node.attributes
    opening, closing = attributes.get("open", "("), attributes.get("close", ")")
    separators = "".join((attributes.get("separators") or ",").split()) or ","
    parts = [_tex(child) for child in _children(node)]
    inside = "".join(
        part + (_sign(separators[min(n, len(separators) - 1)]) if n < len(parts) - 1 else "")
        for n, part in enumerate(parts)
    )
    return rf"\left{_fence(opening or '.')}{inside}\right{_fence(closing or '.')}"


def _enclosed(node: LexborNode) -> str:
    notations = (node.attributes.get("notation") or "").split()
    command = next((ENCLOSURES[name] for name in notations if name in ENCLOSURES), "")
    inside = _joined(_children(node))
    return rf"\{command}{{{inside}}}" if command else inside


def _phantom(node: LexborNode) -> str:
    return rf"\phantom{{{_joined(_children(node))}}}"


def _first(node: LexborNode) -> str:
    """Write the first child; the others are equivalent, or not displayed."""
    return "".join(map(_tex, _children(node)[:1]))


WRITERS: dict[str, Callable[[LexborNode], str]] = {
    "mi": _identifier,
    "mn": lambda node: _signs(_text(node)),
    "mo": _operator,
    "mtext": _words,
    "ms": _words,
    "mspace": _space,
    "mfrac": _fraction,
    "msqrt": _square_root,
    "mroot": _root,
    "msub": _scripts(below=True, above=False),
    "msup": _scripts(below=False, above=True),
    "msubsup": _scripts(below=True, above=True),
    "munder": _under,
    "mover": _over,
    "munderover": _under_over,
    "mmultiscripts": _multiscripts,
    "none": lambda node: "",
    "mtable": _table,
    "mfenced": _fenced,
    "menclose": _enclosed,
    "mphantom": _phantom,
    "semantics": _first,
    "maction": _first,
}
