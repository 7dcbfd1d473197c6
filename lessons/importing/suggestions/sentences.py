"""Split an article into sentences, each with its section and its language. Pure, linear in the text's length."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lessons.importing.document import CASE_STUDY, Block, Outline, Section
from lessons.importing.suggestions.languages import LANGUAGES, Language, detect_language

END = re.compile(r"(?<![.?!…])[.?!…]++[”’\"')\]]*+(?:[\s\u00a0]?»)?(?=\s)")
NEXT = re.compile(r"\s[“‘\"'(\[«„»\s]*+[^\W_a-zß-öø-ÿ]")
ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof st gen col sgt lt rev hon jr sr vs cf ca fl e.g i.e etc al no vol pp ed eds trans fig figs "
    "eq ch sec approx u.s u.k a.m p.m b.c a.d c.e b.c.e inc ltd co bzw z.b u.a nr d.h usw vgl bd abb abs hrsg chr "
    "n.chr v.chr jh jhdt evtl ggf inkl st sog allg geb gest engl franz lat griech v.u.z mio mrd tel str dipl ing "
    "p.ex ex av apr j.-c env art chap fig mme mlle mm janv févr fév avr juil sept oct nov déc jan feb mar jun jul "
    "aug okt dez éd vol "
    "trad cap ff z".split()
)
ORDINAL = re.compile(r"\d{1,2}")
# The length of the longest abbreviation, without its full stop.
ABBREVIATION_LENGTH = 12
# Longer text without a full stop is a list, a table or code, and is not used for suggestions.
MAX_LENGTH = 1_000
MIN_WORDS_OF_BLOCK = 25
MAX_SAMPLE = 1_500

BIBLIOGRAPHY = re.compile(
    r"[\d.\s]*(?:(?:suggested|further|additional|recommended) readings?|references|bibliograph\w+|works cited|sources|"
    r"notes|endnotes|footnotes|external links|see also|acknowledge?ments|about the authors?|credits|citations?|"
    r"literatur(?:verzeichnis|hinweise)?|quellen(?:verzeichnis|angaben)?|einzelnachweise|fußnoten|anmerkungen|"
    r"weblinks|siehe auch|danksagung|impressum|références|bibliographie|notes et références|sources|liens externes|"
    r"voir aussi|remerciements|pour aller plus loin|lectures complémentaires)\b[\s:]*$",
    re.IGNORECASE,
)
# A text that starts in mid-sentence: the rest of a broken line, or of a quotation.
FRAGMENT = re.compile(r"[^\w“‘\"'(\[«„»¿¡]|[a-zß-öø-ÿ]|\d+[\])]")
UNREAD_TYPES = {"footnote", "image", "code", "formula", "heading"}
ORDINAL_CONTEXT = frozenset("am der dem den des die das im vom zum bis und ab seit".split())


@dataclass(frozen=True, slots=True)
class SourceSentence:
    """A sentence. section: its index in the order of `Outline.walk()`, None the introduction.

    previous: the sentence before it in the same paragraph, empty for the first. block: the block it is from.
    """

    sentence: str
    section: int | None
    heading: str
    level: int
    language: Language
    previous: str
    is_case_study: bool
    block: Block


@dataclass(frozen=True, slots=True)
class ReadPart:
    """A section, or the introduction, with the blocks that are used for suggestions and their languages."""

    index: int | None
    section: Section
    blocks: list[tuple[Block, Language]]

    @property
    def heading(self) -> str:
        return self.section.heading

    @property
    def level(self) -> int:
        return self.section.level

    @property
    def is_case_study(self) -> bool:
        return self.section.kind == CASE_STUDY


def read_parts(outline: Outline, declared: str = "") -> list[ReadPart]:
    """Return the parts in order, without bibliographies, and without text in languages that have no rules.

    declared: the language declared by the document, assumed for text that is too short to detect its language.
    """
    main = main_language(outline, declared)
    parts = [(None, Section("", 0, blocks=outline.blocks)), *enumerate(outline.walk())]
    return [
        ReadPart(index, section, _with_languages(section.blocks, main))
        for index, section in parts
        if not BIBLIOGRAPHY.match(section.heading)
    ]


def all_sentences(parts: Iterable[ReadPart]) -> list[SourceSentence]:
    """Return the sentences in order."""
    return [sentence for part in parts for sentence in _sentences_of(part)]


def main_language(outline: Outline, declared: str = "") -> str | None:
    """Return the code of the language of the whole text, or the declared one if the text is too short."""
    blocks = [*outline.blocks, *(block for section in outline.walk() for block in section.blocks)]
    detected = detect_language(_sample(blocks), min_words=5)
    return detected or (declared.lower().split("-")[0].split("_")[0] if _is_short(blocks) else None)


def _is_short(blocks: list[Block]) -> bool:
    return sum(len(block.text) for block in blocks[:20]) < 200


def _sample(blocks: list[Block]) -> str:
    """Return a sample of the text of the blocks, spread over all of them."""
    step = max(1, len(blocks) // 200)
    return " ".join(block.text[:400] for block in blocks[::step] if block.type not in UNREAD_TYPES)


def _with_languages(blocks: list[Block], main: str | None) -> list[tuple[Block, Language]]:
    """Return the blocks in languages that have rules. A block that is too short has that of all, or `main`."""
    default = detect_language(_sample(blocks), min_words=MIN_WORDS_OF_BLOCK) or main
    found = []
    for block in blocks:
        if block.type not in UNREAD_TYPES:
            code = detect_language(block.text[:MAX_SAMPLE], min_words=MIN_WORDS_OF_BLOCK) or default
            if language := LANGUAGES.get(code or ""):
                found.append((block, language))
    return found


def _sentences_of(part: ReadPart) -> Iterator[SourceSentence]:
    for block, language in part.blocks:
        for paragraph in block.paragraphs:
            previous = ""
            for sentence in readable_sentences(paragraph):
                if FRAGMENT.match(sentence):
                    continue
                yield SourceSentence(
                    sentence, part.index, part.heading, part.level, language, previous, part.is_case_study, block
                )
                previous = sentence


def readable_sentences(text: str) -> list[str]:
    """Return the sentences of at most MAX_LENGTH characters."""
    return [sentence for sentence in split_sentences(text) if len(sentence) <= MAX_LENGTH]


def split_sentences(text: str) -> list[str]:
    """Return the sentences in order, without the white space between them. Linear in the text's length."""
    sentences: list[str] = []
    start = 0
    for match in END.finditer(text):
        if NEXT.match(text, match.end()) and not _is_abbreviation(text, match):
            sentences.append(text[start : match.end()].strip())
            start = match.end()
    return [sentence for sentence in [*sentences, text[start:].strip()] if sentence]


def _is_abbreviation(text: str, match: re.Match[str]) -> bool:
    """Return whether the full stop belongs to an abbreviation, an initial, or an ordinal number."""
    if match[0] != ".":
        return False
    before = text[max(0, match.start() - ABBREVIATION_LENGTH) : match.start()]
    word = before.split()[-1].lstrip("([“‘\"'«„") if before.split() else ""
    if ORDINAL.fullmatch(word):
        return _is_ordinal(before, text[match.end() : match.end() + 3])
    is_initial = len(word) == 1 and word.isalpha()
    return is_initial or word.lower() in ABBREVIATIONS


def _is_ordinal(before: str, after: str) -> bool:
    """Return whether a number is a list number or a German ordinal ("am 4. April"), unlike "in 12. The"."""
    words = before.split()
    return after.strip()[:1].isalpha() and (len(words) == 1 or words[-2].lower() in ORDINAL_CONTEXT)


def join_texts(texts: Iterable[str], limit: int) -> list[str]:
    """Return the first texts with a total of at most `limit` characters."""
    kept, total = [], 0
    for text in texts:
        total += len(text)
        if total > limit:
            break
        kept.append(text)
    return kept
