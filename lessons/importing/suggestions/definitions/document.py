"""Find terms that the document marks: definition lists, bold lead-ins, `<dfn>`, its own glossary or key terms."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from itertools import pairwise

from selectolax.lexbor import LexborHTMLParser, LexborNode

from lessons.importing.document import Block
from lessons.importing.suggestions.definitions.base import LETTERS, is_dangling, plain
from lessons.importing.suggestions.languages import Language
from lessons.importing.suggestions.sentences import ReadPart, split_sentences

GLOSSARY_HEADING = re.compile(
    r"[\d.\s]*(?:glossary(?: of [\w\s]+)?|key (?:terms|concepts|words|vocabulary)|(?:important )?terms and "
    r"definitions|definitions|vocabulary|terminology|list of terms|glossar|begriffe|fachbegriffe|schlüsselbegriffe|"
    r"wichtige begriffe|begriffserklärung(?:en)?|begriffsbestimmungen?|definitionen|lexique|glossaire|"
    r"termes[ -]clés|mots[ -]clés|définitions?|vocabulaire|terminologie|notions[ -]clés)\s*:?\s*$",
    re.IGNORECASE,
)
LEAD = re.compile(
    r"<(?:p|li|dd)\b[^>]*>(?:\s*<p\b[^>]*>)?\s*<(strong|b|"
    r"dfn)\b[^>]*>(?:<[a-z]+\b[^>]*>)?([^<]{2,80})(?:</[a-z]+>)?</\1>"
)
DFN = re.compile(r"<dfn\b[^>]*>(?:<[a-z]+\b[^>]*>)?([^<]{2,80})(?:</[a-z]+>)?</dfn>")
SEPARATOR = re.compile(r"\s*(?:[:.]|\s[–—-])\s+|\s*:\s*|\s*[—]\s*")
TERM_LINE = re.compile(r"([^:–—.?!]{2,60}?)(?:\s*:|\s+[–—-])\s+(\S.+)")
LABELS = re.compile(
    r"(?:note|notes|tip|tips|warning|caution|important|attention|example|examples|figure|fig|table|step|question|"
    r"answer|q|a|summary|conclusion|author|authors|date|source|hint|remark|theorem|proof|lemma|exercise|task|"
    r"objective|goal|abstract|keywords|update|edit|spoiler|problem|solution|option|version|name|e-?mail|phone|"
    r"address|remarque|conseil|avertissement|exemple|tableau|étape|réponse|résumé|auteur|exercice|objectif|astuce|"
    r"hinweis|tipp|warnung|achtung|beispiel|abbildung|abb|tabelle|schritt|frage|antwort|zusammenfassung|fazit|autor|"
    r"quelle|aufgabe|ziel|bemerkung|lösung|anmerkung)s?\b[\s\d.:]*",
    re.IGNORECASE,
)
# Quotations, and names as in bibliographies.
NO_TERM = re.compile(r"[«»“”\"„]|^[A-ZÀ-Þ][\w’-]+, [A-ZÀ-Þ]")
NOUN_PHRASE = {
    "en": re.compile(
        r"(?:an?|any|one) \w|the (?:[\w’-]+ ){1,7}?(?:of|that|which|by|in|for|to|from|between|where|when|who)\b|"
        r"(?:refers? to|means|describes|when)\b|is an? \w|[a-z-]+(?<!s) (?:(?!the\b|an?\b)[a-z-]+ ){0,3}?(?:that|"
        r"which|who|used)\b",
        re.IGNORECASE,
    ),
    "fr": re.compile(
        r"(?:une?|ensemble|action|fait|terme|processus|partie|tout|toute|désigne|se dit|état|procédé|technique|"
        r"méthode|personne|celui|celle|ce qui|science|étude|moyen|ouvrage|(?:les?|la|l[’']) ?(?:[\w’-]+ "
        r"){1,7}?(?:d[eu’']|qui|que|dont|par|où))(?:\b|(?<=’))|(?!(?:les?|la|tous?|toutes?|une?|ce|cet|cette|ces|il|"
        r"elle|ils|on|vous|nous|si|pour|dans|en|à|par|avec|chaque)\b)[a-zà-ÿ-]+ (?:[a-zà-ÿ-]+ ){0,2}?(?:qui|que|"
        r"dont|servant|permettant|destinée?s?|utilisée?s?|d[eu’'])\b",
        re.IGNORECASE,
    ),
    "de": re.compile(
        r"(?:eine?[rs]?|bezeichnung|bezeichnet|begriff|vorgang|zustand|verfahren|(?:der|die|das) (?:[\w-]+ "
        r"){1,6}?(?:der|die|des|das|von|für|zu|zwischen|in)|gesamtheit|teil|lehre|wenn)\b|[A-ZÄÖÜ]\w+(?:, (?:der|"
        r"die|das|mit|in)| zum| zur| für)\b",
        re.IGNORECASE,
    ),
}
FINITE = {
    "en": re.compile(
        r"\b(?:is|are|was|were|has|have|had|will|can|could|should|must|may|might|do|does|did|we|you|i)\b", re.I
    ),
    "fr": re.compile(r"\b(?:est|sont|était|a|ont|sera|peut|peuvent|doit|doivent|devrait|nous|vous|je)\b", re.I),
    "de": re.compile(
        r"\b(?:ist|sind|war|waren|hat|haben|wird|werden|kann|können|soll|muss|müssen|sollte|sollten|"
        r"darf|wir|sie|ich)\b",
        re.I,
    ),
}
THIS_IS = re.compile(
    r"(?:this is|these are|it is|what [a-z]+|occurs when|c[’']est|ce sont|il s[’']agit|dies (?:ist|sind)|das ist|"
    r"es ist)\b",
    re.IGNORECASE,
)
VERBS = frozenset(
    "is are means refers denotes describes est sont désigne désignent ist sind bezeichnet bezeichnen".split()
)
RELATIVE = re.compile(
    r"\b(?:that|which|who|whose|where|when|in which|by which|qui|que|dont|où|lequel|laquelle)\b|,", re.IGNORECASE
)
# Log odds: in a glossary, in a definition list, at the start of a paragraph, in a `<dfn>`.
IN_GLOSSARY, IN_LIST, LEAD_IN, DEFINED = 3.0, 2.0, 1.0, 1.6
MAX_DEFINITION = 600
ARTICLES = frozenset("a an the le la les un une der die das ein eine first second out up down in on off over".split())
MAX_LEAD = 80
MAX_TERM_WORDS = 7
MIN_DEFINITION_WORDS = 3


@dataclass(frozen=True, slots=True)
class OwnTerm:
    """A term that the document marks as such. weight: log odds that it is a term with a suitable definition."""

    term: str
    definition: str
    section: int | None
    weight: float


def own_terms(parts: list[ReadPart]) -> list[OwnTerm]:
    """Return the terms that a document marks by its structure, in order."""
    found: list[OwnTerm] = []
    glossary_level = 0
    for part in parts:
        if glossary_level and part.level <= glossary_level:
            glossary_level = 0
        if GLOSSARY_HEADING.match(part.heading):
            glossary_level = part.level
        pairs = _glossary_pairs(part) if glossary_level else _marked_pairs(part)
        if not part.blocks:
            continue
        language = part.blocks[0][1]
        for term, definition, weight in pairs:
            if own := _own_term(term, definition, part.index, weight, language):
                found.append(own)
    return found


def _own_term(term: str, definition: str, section: int | None, weight: float, language: Language) -> OwnTerm | None:
    term = " ".join(plain(term).strip(' :.–—-“”"„«»*').split())
    definition = shortened(plain(definition).strip())
    words = term.split()
    ends = {words[0].lower(), words[-1].lower()} if words else set()
    is_fit = (
        not ends & (language.function_words - ARTICLES)
        and 0 < len(words) <= MAX_TERM_WORDS
        and len(LETTERS.findall(term)) > 1
        and not term.startswith(("-", "/", "<", "$", "#", "\\"))
        and not term.endswith(("?", "!", "…", "..."))
        and not LABELS.fullmatch(term)
        and not NO_TERM.search(term)
        and len(definition.split()) >= MIN_DEFINITION_WORDS
        and not re.search(r"[=(){}<>_\\/]", term.replace(" (", "").replace(")", ""))
    )
    return OwnTerm(term, definition[:1].upper() + definition[1:], section, weight) if is_fit else None


def shortened(definition: str) -> str:
    """Return the first sentences of a definition, up to MAX_DEFINITION characters."""
    if len(definition) <= MAX_DEFINITION:
        return definition
    kept = ""
    for sentence in split_sentences(definition):
        if len(kept) + len(sentence) > MAX_DEFINITION:
            break
        kept = f"{kept} {sentence}".strip()
    return kept


def _glossary_pairs(part: ReadPart) -> Iterator[tuple[str, str, float]]:
    """Yield the entries of a glossary: definition lists, lines “Term: …”, terms above paragraphs or as headings."""
    is_heading_term = not GLOSSARY_HEADING.match(part.heading) and len(part.heading) > 1
    texts: list[str] = []
    for block, _language in part.blocks:
        pairs = [*definition_list(block), *_lead_ins(block)]
        if not pairs and block.type == "table":
            rows = [line.split(" | ") for line in block.paragraphs]
            pairs = [(row[0], row[1]) for row in rows if len(row) == 2]
        if not pairs:
            lines = [(line, match) for line in block.paragraphs if (match := TERM_LINE.fullmatch(line))]
            pairs = [(match[1], match[2]) for _line, match in lines]
            texts += [] if pairs else block.paragraphs
        yield from ((*pair, IN_GLOSSARY) for pair in pairs)
    if is_heading_term and texts:
        yield part.heading, texts[0], IN_GLOSSARY
        return
    for term, definition in pairwise(texts):
        is_term_line = len(term.split()) <= MAX_TERM_WORDS and not term.endswith(".")
        if is_term_line and definition.endswith(".") and len(definition.split()) >= MIN_DEFINITION_WORDS:
            yield term, definition, IN_GLOSSARY


def _marked_pairs(part: ReadPart) -> Iterator[tuple[str, str, float]]:
    for block, language in part.blocks:
        yield from _listed(block, language)
        for term, definition in _lead_ins(block):
            if _explains(term, definition, language):
                yield term, split_sentences(definition)[0], LEAD_IN
        if "<dfn" in block.html:
            yield from ((term, sentence, DEFINED) for term, sentence in _defined(block, language))


def _listed(block: Block, language: Language) -> Iterator[tuple[str, str, float]]:
    """Yield the pairs of a definition list, unless it contains something else: options, questions, properties."""
    pairs = definition_list(block)
    definitions = [definition for _term, definition in pairs]
    fitting = sum(_explains(term, definition, language) for term, definition in pairs)
    long = sum(len(definition.split()) > 3 for definition in definitions)
    if pairs and long >= 0.7 * len(pairs):
        is_glossary = fitting >= 0.6 * len(pairs)
        for term, definition in pairs:
            if is_glossary or _explains(term, definition, language):
                yield term, definition, IN_LIST


def _explains(term: str, definition: str, language: Language) -> bool:
    """Return whether an entry reads like a definition, or begins like one: "Dividends are …", "This is …"."""
    place = definition[: len(term) + 6].casefold().find(term.casefold())
    following = definition[place + len(term) :].split()[:1] if place >= 0 else []
    begins_as_definition = bool(following) and following[0].lower() in VERBS
    if place >= 0 and not begins_as_definition:
        return False
    return begins_as_definition or bool(THIS_IS.match(definition)) or is_definition(definition, language)


def definition_list(block: Block) -> list[tuple[str, str]]:
    """Return the terms of a definition list with their definitions; several terms may share a definition."""
    if "<dt" not in block.html:
        return []
    pairs: list[tuple[str, str]] = []
    terms: list[str] = []
    is_described = False
    for node in LexborHTMLParser(block.html).css("dt, dd"):
        text = " ".join(node.text(deep=True, separator="").split())
        if node.tag == "dt":
            terms = [] if is_described else terms
            terms.append(text)
            is_described = False
        elif terms and not is_described:
            pairs += [(term, text) for term in terms]
            is_described = True
    return pairs


def _lead_ins(block: Block) -> list[tuple[str, str]]:
    """Return the bold beginnings of paragraphs and list items with the rest: "**Anchor.** A heavy object …"."""
    if not LEAD.search(block.html):
        return []
    pairs = []
    for node in LexborHTMLParser(block.html).css("p, li, dd"):
        first = _first_child(node)
        if first is None or first.tag not in ("strong", "b", "dfn"):
            continue
        lead = " ".join(first.text(deep=True).split())
        rest = " ".join(node.text(deep=True).split())[len(lead) :]
        separator = SEPARATOR.match(rest)
        if 1 < len(lead) <= MAX_LEAD and (separator or lead.endswith((".", ":"))):
            pairs.append((lead, rest[separator.end() :] if separator else rest.strip()))
    return pairs


def _first_child(node: LexborNode) -> LexborNode | None:
    """Return the element at the start of a paragraph, or of the paragraph that a list item starts with."""
    for child in node.iter(include_text=True):
        if child.is_text_node:
            if (child.text(deep=False) or "").strip():
                return None
            continue
        return child
    return None


def _defined(block: Block, language: Language) -> Iterator[tuple[str, str]]:
    for match in DFN.finditer(block.html):
        term = " ".join(unescape(match[1]).split())
        sentences = [sentence for line in block.paragraphs for sentence in split_sentences(line) if term in sentence]
        if sentences and not is_dangling(sentences[0], language):
            yield term, sentences[0]


def is_definition(text: str, language: Language) -> bool:
    """Return whether a text reads like a dictionary entry: a noun phrase without a finite verb."""
    match = NOUN_PHRASE[language.code].match(text)
    if not match:
        return False
    verb = FINITE[language.code].search(text, 0, 120)
    relative = RELATIVE.search(text, 0, 120)
    return not verb or verb.start() < 4 or bool(relative and relative.start() < verb.start())
