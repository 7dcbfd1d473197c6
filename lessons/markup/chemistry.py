r"""Pure: convert the chemical formulas of mhchem, `\ce{2H2 + O2 -> 2H2O}`, to plain TeX. Linear in its length."""

import re

ARROWS = {
    "->": "rightarrow",
    "<-": "leftarrow",
    "<->": "leftrightarrow",
    "<=>": "rightleftharpoons",
    "<=>>": "rightleftharpoons",
    "<<=>": "rightleftharpoons",
}
LABELLED = {"rightarrow": "xrightarrow", "leftarrow": "xleftarrow"}
TOKEN = re.compile(
    r"""
    (?P<arrow><<=>|<=>>|<=>|<->|->|<-)(?:\[(?P<above>[^\[\]]*)\])?(?:\[(?P<below>[^\[\]]*)\])?
  | (?P<space>\s+)
  | [\^_]\{(?P<braced>[^{}]*)\}
  | \^(?P<charge>[\d.]*[+-]?)
  | _(?P<index>\w)
  | (?P<command>\\[a-zA-Z]+)
  | \$(?P<tex>[^$]*)\$
  | (?P<letters>[A-Za-z]+)
  | (?P<number>\d+(?:[./]\d+)?)
  | (?P<sign>[+\-])(?=$|[\s()\]},])
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
OTHERS = {"#": r"\equiv ", "*": r"\cdot ", ".": r"\cdot ", "~": r"\ ", "{": "", "}": ""}
COMMAND = re.compile(r"\\ce\s*\{((?:[^{}]|\{[^{}]*\})*+)\}")


def with_plain_tex(tex: str) -> str:
    r"""Return TeX with each `\ce{…}` replaced by commands that every program supports."""
    return COMMAND.sub(lambda match: f"{{{_reaction(match[1])}}}", tex) if "\\ce" in tex else tex


def _reaction(source: str) -> str:
    written: list[str] = []
    follows = False  # Whether this follows an element or a bracket, as an index or a charge does.
    for match in TOKEN.finditer(source):
        written.append(_written(match, follows))
        follows = match.lastgroup in {"letters", "braced", "index", "charge"} or match[0] in {")", "]", "}"}
        follows = follows or (match.lastgroup == "number" and written[-1].startswith("_"))
    return "".join(written).strip()


def _written(match: re.Match, follows: bool) -> str:
    if match["arrow"]:
        return _arrow(match)
    if match["space"]:
        return " "
    if match["braced"] is not None:
        return f"{'' if follows else '{}'}{match[0][0]}{{\\mathrm{{{match['braced']}}}}}"
    if match["charge"] is not None:
        return f"{'' if follows else '{}'}^{{{match['charge']}}}" if match["charge"] else r"\uparrow "
    if match["index"]:
        return f"_{{{match['index']}}}"
    if match["letters"]:
        return r"\downarrow " if match[0] == "v" and not follows else rf"\mathrm{{{match[0]}}}"
    if match["number"]:
        return _number(match["number"], follows)
    if match["sign"]:
        return f"^{{{match['sign']}}}" if follows else f"{match['sign']} "
    return match["tex"] or OTHERS.get(match[0], match[0])


def _number(number: str, follows: bool) -> str:
    if follows:
        return f"_{{{number}}}"
    top, slash, bottom = number.partition("/")
    return rf"\tfrac{{{top}}}{{{bottom}}}" if slash else number


def _arrow(match: re.Match) -> str:
    name = ARROWS[match["arrow"]]
    above, below = (_reaction(match[part]) if match[part] else "" for part in ("above", "below"))
    if not above and not below:
        return rf"\{name} "
    if name in LABELLED and not below:
        return rf"\{LABELLED[name]}{{{above}}}"
    return rf"\underset{{{below}}}{{\overset{{{above}}}{{\{name} }}}}"
