r"""Pure: convert TeX dialects to the commands and environments that latex2mathml supports. Linear in its length."""

import re
from collections.abc import Iterator

from lessons.markup.chemistry import with_plain_tex

# Macro definitions in a formula could expand it endlessly.
DEFINITION = re.compile(
    r"\\(?:[gex]?def|let|(?:re)?newcommand|providecommand|(?:re)?newenvironment|DeclareMathOperator)(?![a-zA-Z])"
)
COMMENT = re.compile(r"(\\.)|%[^\n]*\n?", re.DOTALL)
STYLE_WRAPPER = re.compile(r"\{\s*\\(?:displaystyle|textstyle)(?![a-zA-Z])")
DELIMITERS = (("$$", "$$"), ("\\[", "\\]"), ("\\(", "\\)"), ("$", "$"))
WITHOUT_EFFECT = re.compile(
    r"\\(?:nonumber|notag|allowbreak|nobreak|hfill?|strut|mathstrut)(?![a-zA-Z])\*?"
    r"|\\(?:label|require|eqref)\s*\{[^{}]*\}|\\cssId\s*\{[^{}]*\}|(?<=\\\\)\s*\[[^\[\]]{1,10}\]"
)
COMMAND = re.compile(r"\\([a-zA-Z]+)")
# Commands of Wikipedia, MathJax, KaTeX and packages, with their equivalents.
ALIASES = dict(
    line.split(maxsplit=1)
    for line in r"""
        isin \in
        empty \emptyset
        and \land
        or \lor
        exist \exists
        part \partial
        sub \subset
        sube \subseteq
        supe \supseteq
        infin \infty
        plusmn \pm
        thetasym \vartheta
        sdot \cdot
        bull \bullet
        lang \langle
        rang \rangle
        enspace \:\:
        thinspace \,
        medspace \:
        thickspace \;
        negthinspace \!
        AA \text{Å}
        copyright \text{©}
        dagger \text{†}
        ddagger \text{‡}
        degree {}^{\circ}
        degrees {}^{\circ}
        textsc \text
        textmd \text
        textup \text
        emph \text
        bold \mathbf
        nicefrac \tfrac
        sfrac \tfrac
        flatfrac \tfrac
        dv \tfrac
        newline \\
        reals \mathbb{R}
        Reals \mathbb{R}
        natnums \mathbb{N}
        Complex \mathbb{C}
    """.strip().splitlines()
)
ALIASES |= {name: rf"\mathbb{{{name}}}" for name in "RNZQCHF"}
ALIASES |= {name: rf"\operatorname{{{name}}}" for name in "sgn lcm tr rank diag span Var Cov erf".split()}
CAPITAL_GREEK = "Alpha Beta Epsilon Zeta Eta Iota Kappa Mu Nu Omicron Rho Tau Chi"
ALIASES |= {name: rf"\mathrm{{{letter}}}" for name, letter in zip(CAPITAL_GREEK.split(), "ABEZHIKMNOPTX", strict=True)}
ENVIRONMENT = re.compile(
    r"\\(begin|end)\s*\{\s*([a-zA-Z]+)\*?\s*\}(?:(?<=at\})\s*\{\s*\d*\s*\}|(?<=ed\})(?:\s*\[[tcb]\])?(?:\s*\{\d+\})?)?"
)
# Environments with equivalents that latex2mathml supports.
ENVIRONMENTS = {
    **dict.fromkeys("align aligned alignat alignedat flalign split".split(), "align*"),
    **dict.fromkeys("gather gathered multline multlined".split(), "matrix"),
    "dcases": "cases",
}
EQNARRAY = re.compile(r"\\(begin|end)\s*\{\s*eqnarray\*?\s*\}")
ARRAY_COLUMNS = re.compile(r"(\\begin\s*\{array\})\s*(?:\[[tcb]\]\s*)?\{((?:[^{}]|\{[^{}]*\})*+)\}")
COLUMN_OF_TEXT = re.compile(r"[pmb]\{[^{}]*\}")
BETWEEN_COLUMNS = re.compile(r"[@!><]\{[^{}]*\}")


def clean_tex(tex: str, *, display: bool = False) -> tuple[str, bool]:
    r"""Return (TeX on one line without its delimiters, whether it is displayed): `$$x$$` and `{\displaystyle x}`."""
    tex = " ".join(COMMENT.sub(lambda match: match[1] or " ", tex).split())
    for opening, closing in DELIMITERS:
        if tex.startswith(opening) and tex.endswith(closing) and len(tex) > len(opening) + len(closing):
            inner = tex[len(opening) : -len(closing)]
            if not inner.endswith("\\") and opening not in inner:
                tex, display = inner.strip(), display or opening in {"$$", "\\["}
                break
    match = STYLE_WRAPPER.match(tex)
    if match and _closing_brace(tex) == len(tex) - 1:
        tex = tex[match.end() : -1].strip()
    return tex, display


def _closing_brace(tex: str) -> int:
    """Return the index of the brace that closes the one at the beginning, -1 if there is none."""
    return next((n for n, depth, _sign in _at_depths(tex) if not depth), -1)


def _at_depths(tex: str) -> Iterator[tuple[int, int, str]]:
    """Yield (index, brace depth after it, sign) for each sign; an escaped one includes its backslash."""
    depth, n = 0, 0
    while n < len(tex):
        sign = tex[n : n + 2] if tex[n] == "\\" else tex[n]
        depth += {"{": 1, "}": -1}.get(sign, 0)
        yield n, depth, sign
        n += len(sign)


def simplified(tex: str) -> str:
    """Return the TeX with commands that latex2mathml supports."""
    tex = WITHOUT_EFFECT.sub(" ", with_plain_tex(tex))
    tex = COMMAND.sub(lambda m: ALIASES.get(m[1], m[0]), tex)
    tex = EQNARRAY.sub(lambda m: r"\begin{array}{rcl}" if m[1] == "begin" else r"\end{array}", tex)
    tex = ARRAY_COLUMNS.sub(lambda m: f"{m[1]}{{{_columns(m[2])}}}", tex)
    tex = ENVIRONMENT.sub(lambda m: rf"\{m[1]}{{{ENVIRONMENTS[m[2]]}}}" if m[2] in ENVIRONMENTS else m[0], tex)
    return _with_rows(tex)


def _columns(columns: str) -> str:
    r"""Return the columns of an array without separators and widths: `@{}l` and `p{3cm}`."""
    flat = BETWEEN_COLUMNS.sub("", COLUMN_OF_TEXT.sub("l", columns))
    return "".join(column for column in flat if column in "lcr|")


def _with_rows(tex: str) -> str:
    """Wrap lines outside of environments in one, as most programs do."""
    if "\\begin" in tex or ("\\\\" not in tex and "&" not in tex):
        return tex
    signs = {sign for _n, depth, sign in _at_depths(tex) if not depth}
    environment = "align*" if "&" in signs else "matrix" if "\\\\" in signs else ""
    return rf"\begin{{{environment}}}{tex}\end{{{environment}}}" if environment else tex
