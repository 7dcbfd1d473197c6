"""Characters of the fonts Symbol and Wingdings, whose codes are not those of Unicode."""

PRIVATE_USE = 0xF000
# From code 32 on; a space where a code has no character.
SYMBOL = (
    " !∀#∃%&∍()*+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_‾αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼"
    + " " * 33
    + "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐⎯↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊〈®©™∑⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪ 〉∫⌠⎮⌡⎞⎟⎠⎤⎥⎦⎫⎬⎭"
)
WINGDINGS = {
    0x22: "✂", 0x28: "☎", 0x29: "✆", 0x2A: "✉", 0x36: "⌛", 0x3F: "✍", 0x41: "✌", 0x43: "👍", 0x44: "👎", 0x45: "☜",
    0x46: "☞", 0x47: "☝", 0x48: "☟", 0x4A: "☺", 0x4B: "😐", 0x4C: "☹", 0x52: "☼", 0x54: "❄", 0x58: "✠", 0x59: "✡",
    0x5A: "☪", 0x5B: "☯", 0x6C: "●", 0x6D: "❍", 0x6E: "■", 0x6F: "□", 0x71: "❑", 0x72: "❒", 0x73: "⬧", 0x74: "⧫",
    0x75: "◆", 0x76: "❖", 0x77: "⬥", 0x78: "⌧", 0x7B: "❀", 0x7E: "❞", 0x7D: "❝", 0x9E: "·", 0x9F: "•", 0xA1: "○",
    0xA4: "◉", 0xA7: "▪", 0xA8: "◻", 0xAB: "★", 0xB2: "✧", 0xD8: "➢", 0xDF: "←", 0xE0: "→", 0xE1: "↑", 0xE2: "↓",
    0xE3: "↖", 0xE4: "↗", 0xE5: "↙", 0xE6: "↘", 0xE8: "➔", 0xEF: "⇦", 0xF0: "⇨", 0xF1: "⇧", 0xF2: "⇩", 0xF3: "⬄",
    0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑",
}  # fmt: skip
WINGDINGS |= {0x80: "⓪", 0x8B: "⓿"} | {0x81 + n: chr(0x2460 + n) for n in range(10)}
WINGDINGS |= {0x8C + n: chr(0x2776 + n) for n in range(10)}
UNKNOWN = "□"


def symbol(font: str, code: int) -> str:
    """Return the character that a symbol font shows for a code, with or without the private-use offset."""
    code = code - PRIVATE_USE if PRIVATE_USE <= code <= PRIVATE_USE + 0xFF else code
    if font.lower().startswith("wingdings"):
        return WINGDINGS.get(code, UNKNOWN) if font.lower() == "wingdings" else UNKNOWN
    if font.lower().startswith("symbol") and 32 <= code < 32 + len(SYMBOL):
        return SYMBOL[code - 32]
    return chr(code) if 32 <= code < 0xD800 else UNKNOWN


def is_symbol_font(font: str) -> bool:
    return font.lower().startswith(("symbol", "wingdings", "webdings"))


def unicode_text(text: str, font: str) -> str:
    """Return text with private-use characters replaced as in a symbol font."""
    if not any(PRIVATE_USE <= ord(c) <= PRIVATE_USE + 0xFF for c in text):
        return text
    font = font if is_symbol_font(font) else "Symbol"
    return "".join(symbol(font, ord(c)) if PRIVATE_USE <= ord(c) <= PRIVATE_USE + 0xFF else c for c in text)
