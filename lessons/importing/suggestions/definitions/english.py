"""Find terms that English sentences define."""

import re
from collections.abc import Callable, Iterator

from lessons.importing.suggestions.definitions.base import (
    MAX_DEFINITION,
    TOKEN,
    FoundDefinition,
    as_sentence,
    find_subject,
    is_dangling,
    is_term,
    phrases_before,
    plain,
    standalone,
    with_previous,
    words_after,
)
from lessons.importing.suggestions.definitions.english_patterns import (
    ADJECTIVE,
    ADVERBIAL,
    APPOSITION,
    CATEGORY_NOUN,
    CLAIM,
    COMPLEMENT,
    FINITE,
    HEADS,
    LAW,
    MEANING,
    NAMES_OF,
    NAMING,
    NAMING_LEADS,
    NO_GLOSS,
    OR_TERM,
    PARTICIPLE,
    POINTING,
    POSSIBLE,
    PRONOUN_SUBJECT,
    REFER,
    RELATIVE,
    SUBJECT,
    SUBJECT_VERB,
    TERM_TO,
    THIS_NOUN,
    UNFIT,
    VAGUE_EXPLANATIONS,
    VERBAL,
    WHAT_IS_CALLED,
    WHICH_IS,
    WITHIN,
)
from lessons.importing.suggestions.languages import ENGLISH


def find(sentence: str, previous: str, count: Callable[[str], int]) -> Iterator[FoundDefinition]:
    yield from _subject(sentence)
    yield from _naming(sentence, previous)
    yield from _explanation(sentence, count)


def _subject(sentence: str) -> Iterator[FoundDefinition]:
    """Yield the beginning of a sentence that is defined by the rest of it: "X refers to …"."""
    text = standalone(sentence, ENGLISH)
    if not (found := find_subject(text, SUBJECT)):
        return
    subject, article, weight = found.words, found.article, found.weight
    if article and article["the"]:
        if article["the"].lower() != "the":
            return
        weight -= 0.9 if not found.is_named and not LAW.match(subject) else 0.0
    strength = _strength(found.verb, subject, found.rest)
    term = WITHIN.sub("", subject.strip("“”‘’\"' ,"))
    weight += 0.5 if subject[:1] in '“‘"' else 0.0
    weight -= 0.8 if sentence.startswith(("For example", "For instance")) else 0.0
    if (
        strength is not None
        and is_term(term, ENGLISH)
        and not term.lower().startswith(("using ", "making ", "being "))
    ):
        yield FoundDefinition(term, text, strength + weight, found.rest)


def _strength(verb: re.Match[str], subject: str, rest: str) -> float | None:
    """Return the weight of the verb and the text after it, None if they define nothing."""
    if verb["strong"]:
        return None if POINTING.match(rest) else 1.9 if "stands for" not in verb[0] else 0.2
    if verb["weak"]:
        return None if UNFIT.match(rest) else -0.9
    if "that" in verb[0] and verb["means"] and not LAW.search(subject):
        return None
    if verb["means"]:
        if UNFIT.match(rest) or re.match(r"(?:[a-z]+ing|more|not|being|they|you|we|it|he|she)\b", rest):
            return None
        finite, relative = FINITE.search(rest, 0, 80), RELATIVE.search(rest, 0, 80)
        is_clause = finite is not None and not (relative and relative.start() < finite.start())
        return 0.3 if is_clause else 1.2 if rest.startswith(("that ", "the ", "a ", "an ", "to ")) else 0.6
    if UNFIT.match(rest):
        return None
    complement = COMPLEMENT.search(rest, 0, 90)
    if not complement:
        return None
    head = rest[: complement.start()]
    if len(head.split()) > 7 or "," in head:
        return None
    if verb["plural"]:
        is_relative = re.match(r"(?:[\w-]+ ){1,4}?(?:that|which|who|whose|in which|where)\b", rest)
        return (
            None
            if PARTICIPLE.match(rest)
            else 0.3
            if is_relative
            else -0.2 + 0.5 * bool(CATEGORY_NOUN.search(rest[:40]))
        )
    past = 0.9 if verb["be"] in ("was", "were") else 0.0
    if rest.startswith("the ") and not CATEGORY_NOUN.search(head):
        return -0.3
    claim = 0.0
    claim += 0.6 if re.search(r"\b(?:just|simply|merely|nothing) $", verb[0] + " ") or CLAIM.match(rest) else 0.0
    return (1.3 if CATEGORY_NOUN.search(head) else 0.5) - past - claim


def _naming(sentence: str, previous: str) -> Iterator[FoundDefinition]:
    """Yield the terms that a phrase introduces: "… is called X", "what we call X"."""
    if (match := WHAT_IS_CALLED.match(sentence)) and is_term(term := match["term"].strip('“”‘’" '), ENGLISH):
        yield FoundDefinition(term, sentence, 1.2)
    for match in TERM_TO.finditer(sentence):
        term, after = words_after(sentence[match.end() :], ENGLISH)
        after = after.lstrip('”’" ')
        if is_term(term, ENGLISH) and after.startswith(("to ", "for ", "when ")):
            yield FoundDefinition(term, standalone(sentence, ENGLISH), 0.9 if after.startswith(REFER) else 0.1)
    for match in NAMING.finditer(sentence):
        term, after = words_after(sentence[match.end() :], ENGLISH)
        definition, doubt = _named_in(sentence, previous, match)
        weight = _naming_weight(sentence, match, term, after)
        if weight is not None and is_term(term, ENGLISH) and definition and len(definition) <= MAX_DEFINITION:
            yield FoundDefinition(term, definition, weight - doubt)


def _named_in(sentence: str, previous: str, match: re.Match[str]) -> tuple[str, float]:
    """Return the definition of a term, including the previous sentence if needed, and a penalty for doubt."""
    definition = with_previous(sentence, previous, ENGLISH)
    if definition:
        return definition, 0.3 if is_dangling(sentence, ENGLISH) else 0.0
    if match.start() > 25 and THIS_NOUN.match(sentence):
        return sentence, 1.0
    return (f"{standalone(plain(previous), ENGLISH)} {sentence}", 1.3) if previous else ("", 0.0)


def _naming_weight(sentence: str, match: re.Match[str], term: str, after: str) -> float | None:
    """Return the weight of a phrase such as "is called", by the text around it; None if it names nothing."""
    lead, before = match["lead"].strip().lower(), sentence[: match.start()]
    is_passive = bool(lead) and (lead in NAMING_LEADS or lead[0] in "(,")
    is_active = not is_passive and match[0].rstrip().lower().endswith((" a", " an", " the"))
    if is_active or after.startswith(":") or (" " not in term and term.endswith("ed")):
        return None
    following = TOKEN.match(after.lstrip("”’\"' "))
    is_bounded = not following or following[0].lower() in ENGLISH.function_words
    weight = (0.8 if is_bounded else 0.0) if is_passive else -0.3
    weight += 0.3 * (lead in NAMING_LEADS)
    weight -= 1.2 * bool(PRONOUN_SUBJECT.search(f"{before} {lead}") or POSSIBLE.search(f"{before} {lead}"))
    weight -= 0.9 * (" " not in term and bool(ADJECTIVE.search(term)))
    weight -= 0.7 * (not term.isupper() and term[:1].isupper() and term.split()[-1][:1].isupper())
    weight -= 0.5 * (lead in ("was", "were", "been"))
    if is_alias(lead):
        weight -= 0.3 if len(after) < 3 or SUBJECT_VERB.search(after[:30] + " ") else 1.0
    return weight


def is_alias(lead: str) -> bool:
    return lead.endswith(("also", "sometimes", "or", "commonly"))


def _explanation(sentence: str, count: Callable[[str], int]) -> Iterator[FoundDefinition]:
    """Yield the terms followed by an explanation: "X, the view that …", "X (a kind of …)"."""
    refers_back = is_dangling(sentence, ENGLISH)
    for match in APPOSITION.finditer(sentence):
        term = _term_before(sentence[: match.start()], count) if _is_apposition(sentence, match) else ""
        found = _apposition(term, sentence, match, refers_back) if term else None
        if found:
            yield found
    if (alias := OR_TERM.match(sentence)) and not refers_back and is_term(alias["term"], ENGLISH):
        yield FoundDefinition(alias["term"], standalone(sentence, ENGLISH), -0.6)
    for pattern, weight in VAGUE_EXPLANATIONS if not refers_back else ():
        for match in pattern.finditer(sentence):
            is_gloss = pattern is WHICH_IS or pattern is MEANING or _is_gloss(match["text"], sentence)
            if is_gloss and (term := _term_before(sentence[: match.start()], count)):
                yield FoundDefinition(term, standalone(sentence, ENGLISH), weight)


def _is_gloss(text: str, sentence: str) -> bool:
    """Return whether words in brackets explain the text before them, and do not just repeat or continue it."""
    is_repeated = text.split()[0] in sentence.partition(f"({text})")[0].split()
    return not NO_GLOSS.match(text) and sentence.endswith((".", "!", "”", ")")) and not is_repeated


def _term_before(before: str, count: Callable[[str], int]) -> str:
    """Return the term at the end of a text: up to three words that occur together twice, otherwise one."""
    phrases = phrases_before(before, ENGLISH, 3)
    known = [phrase for phrase in phrases if count(phrase) > 1] or phrases[-1:]
    if not known or not is_term(known[0], ENGLISH):
        return ""
    is_verb = " " not in known[0] and bool(VERBAL.search(before))
    if whole := re.search(rf"\b{HEADS} of (?:the )?{re.escape(known[0])}$", before):
        return whole[0]
    is_part = bool(re.search(rf"(?<!{NAMES_OF}) of the {re.escape(known[0])}$", before))
    return "" if is_verb or is_part else known[0]


def _is_apposition(sentence: str, match: re.Match[str]) -> bool:
    """Return whether the text after a comma explains the text before it, and is not the subject of the sentence."""
    before, text = sentence[: match.start()], match["text"]
    is_opening = match["open"].startswith(",") and "," not in before and bool(ADVERBIAL.match(sentence))
    if (
        is_opening
        or "case of" in before[-40:]
        or (match["open"] == " (" and sentence[match.end() : match.end() + 1] != ")")
    ):
        return False
    verbs, relative = list(FINITE.finditer(text)), RELATIVE.search(text)
    return not verbs or (len(verbs) == 1 and relative is not None and relative.start() < verbs[0].start())


def _apposition(term: str, sentence: str, match: re.Match[str], refers_back: bool) -> FoundDefinition | None:
    """Return just the explanation if it ends the sentence or a bracket, otherwise the whole sentence."""
    text = match["text"]
    is_set_off = match["open"] == " (" or match["open"].strip() in "—–"
    closes = sentence[match.end() : match.end() + 1] in (")", "—", "") or match.end() >= len(sentence) - 1
    if closes and (is_set_off or "," not in text):
        definition, weight = as_sentence(text), 0.4
    elif refers_back:
        return None
    else:
        definition, weight = standalone(sentence, ENGLISH), 0.0
    if re.search(rf"\b{re.escape(term)}", text, re.IGNORECASE):
        return None
    return FoundDefinition(term, definition, weight - 0.3 * (not is_set_off), text)
